#include "thresholds.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "codec/csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kLeastGroups = 10;
constexpr double kErrorMargin = 1.05, kCoverageMargin = 0.02, kBiasMargin = 0.01;
/// Nobody is asked for better coverage than 75-85 % of a class, or what chance allows in a group.
constexpr double kCoverageTarget = 0.05;
const char* const kHeader =
    "# Bounds on what rigwise validate --holdout reports; smaller is better. They may only be tightened:\n"
    "# script/accuracy --tighten lowers them to the present figures and a margin. A bound raised by hand needs its "
    "reason.\n";

const AccuracyLine* line_of(const Study& study, const Threshold& t) {
  const AccuracyReport& report = study.sight(t.holdout).report;
  if (t.by != "all") return report.find(t.by, t.name, t.error_class);
  const auto found = report.classes.find(t.error_class);
  return found == report.classes.end() ? nullptr : &found->second;
}

double share_of(const std::map<std::string, int>& counts, int rows) {
  int sum = 0;
  for (const auto& [reason, count] : counts) sum += count;
  return rows > 0 ? 1.0 * sum / rows : 0;
}

double tolerance(const Threshold& t, const AccuracyLine& line) {
  return t.by == "all" ? kCoverageTarget : 1.96 * std::sqrt(kBandLevel * (1 - kBandLevel) / std::max(1, line.devices));
}

double rounded_up(double value) { return std::ceil(value * 1000) / 1000; }

/// What a fresh bound would be.
double fresh_bound(const Study& study, const Threshold& t) {
  const double value = figure(study, t).value_or(0);
  if (t.metric == "bias") return rounded_up(value + kBiasMargin);
  if (t.metric == "coverage_gap") {
    return rounded_up(std::max(value + kCoverageMargin, tolerance(t, *line_of(study, t))));
  }
  return rounded_up(t.by == "rows" ? value : value * kErrorMargin);
}

void want(std::vector<Threshold>& wanted, Threshold t, std::initializer_list<const char*> metrics) {
  for (const char* metric : metrics) {
    t.metric = metric;
    wanted.push_back(t);
  }
}

}  // namespace

std::optional<double> figure(const Study& study, const Threshold& t) {
  const AccuracyReport& report = study.sight(t.holdout).report;
  if (t.metric == "skipped_share") return share_of(report.skipped, report.rows);
  if (t.metric == "refused_share") return share_of(report.refused, report.rows);
  const AccuracyLine* line = line_of(study, t);
  if (line == nullptr) return std::nullopt;
  if (t.metric == "median_error") return line->median_error;
  if (t.metric == "p90_error") return line->p90_error;
  if (t.metric == "coverage_gap") return std::abs(line->coverage - kBandLevel);
  if (t.metric == "bias") return std::abs(line->median_log_error);
  return std::nullopt;
}

std::vector<Threshold> wanted_thresholds(const Study& study) {
  std::vector<Threshold> wanted;
  want(wanted, {"hardware", "rows", "", "", "", 0, ""}, {"skipped_share", "refused_share"});
  for (const Sight& sight : study.sights) {
    if (sight.name == "in_sample") continue;
    for (const auto& [error_class, line] : sight.report.classes) {
      want(wanted, {sight.name, "all", "", error_class, "", 0, ""},
           {"median_error", "p90_error", "coverage_gap", "bias"});
    }
    for (const AccuracyReport::By& entry : sight.report.by) {
      if (entry.line.groups < kLeastGroups) continue;
      want(wanted, {sight.name, entry.by, entry.name, entry.error_class, "", 0, ""},
           {"median_error", "p90_error", "coverage_gap"});
    }
  }
  return wanted;
}

std::vector<Threshold> tightened(const std::vector<Threshold>& recorded, const Study& study) {
  std::vector<Threshold> result = recorded;
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < result.size(); ++i) index.emplace(result[i].key(), i);
  for (Threshold& t : wanted_thresholds(study)) {
    t.bound = fresh_bound(study, t);
    const auto [at, is_new] = index.emplace(t.key(), result.size());
    if (is_new) {
      result.push_back(t);
    } else if (t.bound < result[at->second].bound) {
      result[at->second].bound = t.bound;
      result[at->second].reason.clear();
    }
  }
  return result;
}

std::vector<Threshold> read_thresholds(const std::string& csv) {
  std::size_t at = 0;
  while (at < csv.size() && csv[at] == '#') at = csv.find('\n', at) + 1;
  std::vector<Diagnostic> faults;
  const std::string table = csv.substr(at);
  CsvTable t(table, "thresholds.csv", {"holdout", "by", "name", "class", "metric", "bound", "reason"}, {}, true,
             faults);
  std::vector<Threshold> thresholds;
  while (t.usable() && t.next()) {
    thresholds.push_back({t.text(t.column("holdout")), t.text(t.column("by")), t.text(t.column("name")),
                          t.text(t.column("class")), t.text(t.column("metric")),
                          t.number(t.column("bound"), 0, 1e6).value_or(0), t.text(t.column("reason"))});
  }
  return thresholds;
}

std::string thresholds_csv(const std::vector<Threshold>& thresholds) {
  std::string text = std::string(kHeader) + "holdout,by,name,class,metric,bound,reason\n";
  for (const Threshold& t : thresholds) {
    text += csv_cell(t.holdout) + "," + csv_cell(t.by) + "," + csv_cell(t.name) + "," + csv_cell(t.error_class) + "," +
            csv_cell(t.metric) + "," + shortest(t.bound) + "," + csv_cell(t.reason) + "\n";
  }
  return text;
}

}  // namespace rigwise
