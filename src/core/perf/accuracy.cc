#include <algorithm>
#include <cmath>
#include <set>

#include "core/perf/validate.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

/// A group of like rows: one vote.
struct Group {
  const ValidatedRow* example = nullptr;
  std::vector<double> errors, log_ratios;
  int rows = 0, covered = 0;
};

std::string key_of(const ValidatedRow& v) {
  return v.device_id + "|" + std::to_string(v.row->hardware_count) + "|" + v.model_id + "|" + v.format_id + "|" +
         v.row->engine + "|" + v.backend + "|" + phase_name(v.row->phase) + "|" + v.error_class;
}

AccuracyLine line_of(const std::vector<const Group*>& groups) {
  AccuracyLine line;
  std::vector<double> errors, log_ratios;
  std::map<std::string, std::pair<double, double>> of_device;  // covered rows' share summed, groups
  for (const Group* group : groups) {
    line.rows += group->rows;
    errors.push_back(median(group->errors));
    log_ratios.push_back(median(group->log_ratios));
    auto& [covered, count] = of_device[group->example->device_id];
    covered += 1.0 * group->covered / group->rows;
    count += 1;
  }
  line.groups = static_cast<int>(groups.size());
  if (groups.empty()) return line;
  line.median_error = median(errors);
  line.p90_error = quantile(errors, 0.9);
  line.median_log_error = median(log_ratios);
  double share = 0;
  for (const auto& [device, sum] : of_device) share += sum.first / sum.second;
  line.coverage = share / static_cast<double>(of_device.size());
  return line;
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

AccuracyReport summarize_accuracy(const Catalog& catalog, const std::vector<ValidatedRow>& rows) {
  AccuracyReport report;
  report.rows = static_cast<int>(rows.size());
  std::map<std::string, Group> groups;
  for (const ValidatedRow& v : rows) {
    if (!v.skip_reason.empty()) {
      ++report.skipped[v.skip_reason];
      continue;
    }
    if (!v.predicted) continue;
    ++report.predicted;
    if (!v.refused.empty()) ++report.refused[v.refused];
    if (!v.error || !v.refused.empty()) continue;
    Group& group = groups[key_of(v)];
    if (group.example == nullptr) group.example = &v;
    group.errors.push_back(*v.error);
    group.log_ratios.push_back(std::log(*v.predicted / v.row->tokens_per_s));
    ++group.rows;
    if (v.row->tokens_per_s >= *v.low && v.row->tokens_per_s <= *v.high) ++group.covered;
  }
  std::map<std::string, std::vector<const Group*>> of_class;
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::vector<const Group*>>> of_name;
  for (const auto& [key, group] : groups) {
    const ValidatedRow& v = *group.example;
    of_class[v.error_class].push_back(&group);
    of_name[{"backend", v.backend}][v.error_class].push_back(&group);
    of_name[{"vendor", vendor(catalog, v.device_id)}][v.error_class].push_back(&group);
    of_name[{"engine", v.engine_id}][v.error_class].push_back(&group);
    of_name[{"model_kind", model_kind(catalog, v.model_id)}][v.error_class].push_back(&group);
    of_name[{"format_class", format_class(catalog, v.format_id)}][v.error_class].push_back(&group);
    of_name[{"tier", v.tier}][v.error_class].push_back(&group);
  }
  for (const auto& [name, of] : of_class) report.classes[name] = line_of(of);
  for (const auto& [name, classes] : of_name) {
    for (const auto& [error_class, of] : classes) {
      report.by.push_back({name.first, name.second, error_class, line_of(of)});
    }
  }
  return report;
}

}  // namespace rigwise
