#include <cmath>

#include "core/perf/validate.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

/// Rows of one group, collected.
struct Votes {
  const ValidatedRow* example = nullptr;
  std::vector<double> errors, log_ratios, measured;
  int covered = 0;
};

std::string key_of(const ValidatedRow& v) {
  return v.device_id + "|" + std::to_string(v.row->hardware_count) + "|" + v.model_id + "|" + v.format_id + "|" +
         v.row->engine + "|" + v.backend + "|" + phase_name(v.row->phase) + "|" + v.error_class;
}

using Groups = std::vector<const AccuracyGroup*>;

AccuracyLine line_of(const Groups& groups) {
  AccuracyLine line;
  std::vector<double> errors, log_ratios;
  std::map<std::string, std::pair<double, double>> of_device;  // covered rows' share summed, groups
  for (const AccuracyGroup* group : groups) {
    line.rows += group->rows;
    errors.push_back(group->error);
    log_ratios.push_back(group->log_ratio);
    auto& [covered, count] = of_device[group->example->device_id];
    covered += group->covered;
    count += 1;
  }
  line.groups = static_cast<int>(groups.size());
  line.devices = static_cast<int>(of_device.size());
  if (groups.empty()) return line;
  line.median_error = median(errors);
  line.p90_error = quantile(errors, 0.9);
  line.median_log_error = median(log_ratios);
  double share = 0;
  for (const auto& [device, sum] : of_device) share += sum.first / sum.second;
  line.coverage = share / static_cast<double>(of_device.size());
  return line;
}

std::map<std::string, AccuracyLine> lines_by_class(const std::vector<AccuracyGroup>& groups) {
  std::map<std::string, Groups> of_class;
  for (const AccuracyGroup& group : groups) of_class[group.example->error_class].push_back(&group);
  std::map<std::string, AccuracyLine> lines;
  for (const auto& [name, of] : of_class) lines[name] = line_of(of);
  return lines;
}

std::string model_kind(const Catalog& catalog, const std::string& id) {
  const Result<const Llm*> model = catalog.model(id);
  return model ? llm_kind_name((*model)->kind) : "";
}

std::string vendor(const Catalog& catalog, const std::string& id) {
  const Result<const Device*> device = catalog.device(id);
  return device ? (*device)->vendor : "";
}

std::string format_class(const Catalog& catalog, const std::string& id) {
  const Result<const Format*> format = catalog.format(id);
  return format ? (*format)->format_class : "";
}

}  // namespace

std::vector<AccuracyGroup> accuracy_groups(const std::vector<ValidatedRow>& rows, bool without_device_terms) {
  std::map<std::string, Votes> of_key;
  for (const ValidatedRow& v : rows) {
    if (!v.skip_reason.empty() || !v.refused.empty() || !v.predicted || !v.error) continue;
    const BandedSpeed said =
        without_device_terms ? *v.without_device_terms : BandedSpeed{*v.predicted, *v.low, *v.high};
    Votes& votes = of_key[key_of(v)];
    if (votes.example == nullptr) votes.example = &v;
    const double log_ratio = std::log(said.value / v.row->tokens_per_s);
    votes.errors.push_back(std::exp(std::abs(log_ratio)) - 1);
    votes.log_ratios.push_back(log_ratio);
    votes.measured.push_back(v.row->tokens_per_s);
    if (v.row->tokens_per_s >= said.low && v.row->tokens_per_s <= said.high) ++votes.covered;
  }
  std::vector<AccuracyGroup> groups;
  for (const auto& [key, votes] : of_key) {
    const int n = static_cast<int>(votes.errors.size());
    groups.push_back({votes.example, n, median(votes.errors), median(votes.log_ratios), median(votes.measured),
                      1.0 * votes.covered / n});
  }
  return groups;
}

const AccuracyLine* AccuracyReport::find(std::string_view wanted_by, std::string_view name,
                                         std::string_view error_class) const {
  for (const By& entry : by) {
    if (entry.by == wanted_by && entry.name == name && entry.error_class == error_class) return &entry.line;
  }
  return nullptr;
}

AccuracyReport summarize_accuracy(const Catalog& catalog, const std::vector<ValidatedRow>& rows) {
  AccuracyReport report;
  report.rows = static_cast<int>(rows.size());
  for (const ValidatedRow& v : rows) {
    if (!v.skip_reason.empty()) {
      ++report.skipped[v.skip_reason];
    } else if (v.predicted) {
      ++report.predicted;
      if (!v.refused.empty()) ++report.refused[v.refused];
    }
  }
  const std::vector<AccuracyGroup> groups = accuracy_groups(rows);
  report.classes = lines_by_class(groups);
  report.classes_without_device_terms = lines_by_class(accuracy_groups(rows, true));
  std::map<std::pair<std::string, std::string>, std::map<std::string, Groups>> of_name;
  for (const AccuracyGroup& group : groups) {
    const ValidatedRow& v = *group.example;
    of_name[{"backend", v.backend}][v.error_class].push_back(&group);
    of_name[{"vendor", vendor(catalog, v.device_id)}][v.error_class].push_back(&group);
    of_name[{"engine", v.engine_id}][v.error_class].push_back(&group);
    of_name[{"model_kind", model_kind(catalog, v.model_id)}][v.error_class].push_back(&group);
    of_name[{"format_class", format_class(catalog, v.format_id)}][v.error_class].push_back(&group);
    of_name[{"tier", v.tier}][v.error_class].push_back(&group);
  }
  for (const auto& [name, classes] : of_name) {
    for (const auto& [error_class, of] : classes) {
      report.by.push_back({name.first, name.second, error_class, line_of(of)});
    }
  }
  return report;
}

}  // namespace rigwise
