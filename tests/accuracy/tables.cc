#include <algorithm>
#include <cmath>
#include <map>

#include "host/cli/table.h"
#include "page.h"
#include "targets.h"
#include "words.h"

namespace rigwise {
namespace {

constexpr int kLeastGroups = 10;

std::string bias(double log_error) { return fixed(log_error, 2); }

/// "12 / 55 %": median and p90 of a class.
std::string errors(const std::map<std::string, AccuracyLine>& classes, const char* error_class) {
  const AccuracyLine line = class_line(classes, error_class);
  return line.groups == 0 ? "-" : significant(100 * line.median_error, 2) + " / " + percent(line.p90_error);
}

std::string by_words(const std::string& by) {
  if (by == "model_kind") return "model kind";
  return by == "format_class" ? "format class" : by;
}

Table groups_table(const AccuracyReport& report, const std::string& by) {
  Table table;
  table.columns = {{by_words(by)},         {"class"},     {"groups", true}, {"devices", true},
                   {"median error", true}, {"p90", true}, {"bias", true},   {"80 % band covers", true}};
  for (const char* error_class : kAllClasses) {
    for (const AccuracyReport::By& entry : report.by) {
      const AccuracyLine& line = entry.line;
      if (entry.by != by || entry.error_class != error_class || line.groups < kLeastGroups) continue;
      table.rows.push_back({entry.name, error_class, counted(line.groups), counted(line.devices),
                            percent(line.median_error), percent(line.p90_error), bias(line.median_log_error),
                            percent(line.coverage)});
    }
  }
  return table;
}

}  // namespace

std::string classes_table(const Study& study) {
  Table table;
  table.columns = {{""}, {"groups", true}, {"devices", true}};
  for (const Sight& sight : study.sights) table.columns.push_back({sight.words, true});
  table.columns.push_back({"bias", true});
  table.columns.push_back({"80 % band covers", true});
  for (const char* error_class : kAllClasses) {
    const AccuracyLine line = class_line(study.hardware().report.classes, error_class);
    std::vector<std::string> row = {class_words(error_class), counted(line.groups), counted(line.devices)};
    for (const Sight& sight : study.sights) row.push_back(errors(sight.report.classes, error_class));
    row.push_back(bias(line.median_log_error));
    row.push_back(percent(line.coverage));
    table.rows.push_back(std::move(row));
  }
  return table.as_markdown();
}

std::string plain_table(const Study& study) {
  Table table;
  table.columns = {{""}};
  for (const Sight& sight : study.sights) {
    table.columns.push_back({sight.words, true});
    table.columns.push_back({"terms off", true});
  }
  for (const char* error_class : kAllClasses) {
    std::vector<std::string> row = {class_words(error_class)};
    for (const Sight& sight : study.sights) {
      row.push_back(errors(sight.report.classes, error_class));
      row.push_back(errors(sight.report.classes_without_device_terms, error_class));
    }
    table.rows.push_back(std::move(row));
  }
  return table.as_markdown();
}

std::string constants_table(const Study& study) {
  const Calibration& fitted = study.refitted;
  const int count = fitted.fitted_constants();
  std::vector<Constant> few;
  for (const Constant& constant : fitted.constants) {
    if (constant.from == "fit" && constant.groups < 30) few.push_back(constant);
  }
  std::string text = std::to_string(count) + " constants are fitted to " + counted(fitted.groups) +
                     " groups, one per " + significant(1.0 * fitted.groups / std::max(1, count), 2) + "; " +
                     std::to_string(few.size()) + " of them are moved by fewer than 30 groups each";
  if (few.empty()) return text + ".\n";
  text += ":\n\n";
  Table table;
  table.columns = {{"constant"}, {"value", true}, {"groups", true}};
  for (const Constant& c : few) table.rows.push_back({"`" + c.key + "`", significant(c.value, 3), counted(c.groups)});
  return text + table.as_markdown();
}

std::string groups_tables(const Study& study) {
  std::string text;
  for (const char* by : {"vendor", "backend", "engine", "model_kind", "format_class"}) {
    text += groups_table(study.hardware().report, by).as_markdown() + "\n";
  }
  return text +
         "By tier, with the model left out (with the device left out every prediction is T3, same backend):\n\n" +
         groups_table(study.sight("model").report, "tier").as_markdown();
}

std::string weak_groups_table(const Study& study) {
  constexpr std::size_t kShown = 20;
  const std::vector<WeakGroup> weak = weak_groups(study);
  Table table;
  table.columns = {{"by"},
                   {"name"},
                   {"class"},
                   {"groups", true},
                   {"median error", true},
                   {"p90", true},
                   {"bias", true},
                   {"times the target", true}};
  for (std::size_t i = 0; i < weak.size() && i < kShown; ++i) {
    const AccuracyReport::By& of = weak[i].of;
    table.rows.push_back({by_words(of.by), of.name, of.error_class, counted(of.line.groups),
                          percent(of.line.median_error), percent(of.line.p90_error), bias(of.line.median_log_error),
                          significant(weak[i].times, 2)});
  }
  return table.as_markdown();
}

std::string left_out_tables(const Study& study) {
  const AccuracyReport& report = study.hardware().report;
  static const std::map<std::string, std::string> kWhy = {
      {"hardware_unresolved", "the source states too little to tell which device it is (catalog/unresolved.csv)"},
      {"model_unresolved", "the source states too little to tell which model it is (catalog/unresolved.csv)"},
      {"format_unresolved", "the source states too little to tell which format it is (catalog/unresolved.csv)"},
      {"hardware_unknown", "a device the catalog does not have"},
      {"memory_config_unknown", "a CPU or laptop whose memory nobody stated: bandwidth unknown"},
      {"model_unknown", "a model the catalog does not have"},
      {"model_unpublished", "neither weights nor shape are public"},
      {"format_unknown", "a format the catalog does not have"},
      {"engine_unknown", "no engine the catalog has runs this, or none is named"},
      {"exceeds_memory", "the weights are far larger than the memory: part of the set-up is not stated"},
      {"row_unreadable", "the row as printed has no usable speed"},
      {"above_ceiling", "faster than memory and arithmetic allow: a prompt cache answered, or another set-up ran"},
      {"marked_outlier", "marked as an outlier or retracted, with the reason in the row"}};
  Table table;
  table.columns = {{"rows", true}, {"what happens"}, {"reason"}, {"that is"}};
  const auto add = [&](const std::map<std::string, int>& counts, const char* what) {
    std::vector<std::pair<int, std::string>> order;
    order.reserve(counts.size());
    for (const auto& [reason, count] : counts) order.emplace_back(-count, reason);
    std::sort(order.begin(), order.end());
    for (const auto& [count, reason] : order) {
      const auto why = kWhy.find(reason);
      table.rows.push_back({counted(-count), what, reason, why == kWhy.end() ? "" : why->second});
    }
  };
  add(report.skipped, "not predicted");
  add(report.refused, "predicted, in no error");
  return "Of " + counted(report.rows) + " rows " + counted(report.predicted) + " are predicted.\n\n" +
         table.as_markdown();
}

}  // namespace rigwise
