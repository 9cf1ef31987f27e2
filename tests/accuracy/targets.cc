#include "targets.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "memory_logs.h"
#include "words.h"

namespace rigwise {
namespace {

constexpr int kLeastGroups = 10, kLeastDevices = 15;
constexpr double kMostBias = 0.03, kLeastCoverage = 0.75, kMostCoverage = 0.85, kGroupsPerConstant = 30;
constexpr double kMoeAllowance = 1.3, kGroupAllowance = 2, kMostMemoryError = 0.03;

struct ErrorTarget {
  const char* error_class;
  double median, aim, p90;
};
constexpr ErrorTarget kTargets[] = {
    {"decode", 0.15, 0.10, 0.60}, {"prefill", 0.30, 0.20, 1.10}, {"many", 0.35, 0.25, 1.30}};

const ErrorTarget* target_of(const std::string& error_class) {
  for (const ErrorTarget& target : kTargets) {
    if (error_class == target.error_class) return &target;
  }
  return nullptr;
}

TargetLine at_most(std::string what, double value, double most, bool as_percent = true) {
  const std::string bound = as_percent ? significant(100 * most, 3) + " %" : significant(most, 3);
  TargetLine line{std::move(what), "at most " + bound, as_percent ? percent(value) : significant(value, 2), "met",
                  value <= most};
  if (!line.met) line.verdict = "missed, x" + significant(value / most, 2);
  return line;
}

void add_errors(const Study& study, std::vector<TargetLine>& lines) {
  for (const ErrorTarget& target : kTargets) {
    const AccuracyLine line = class_line(study.hardware().report.classes, target.error_class);
    const std::string name = target.error_class;
    lines.push_back(at_most(name + ", median error", line.median_error, target.median));
    lines.push_back(at_most(name + ", median error, what we aim at", line.median_error, target.aim));
    lines.push_back(at_most(name + ", p90", line.p90_error, target.p90));
    lines.push_back(at_most(name + ", bias (median log error)", std::abs(line.median_log_error), kMostBias, false));
  }
}

void add_mixtures(const Study& study, std::vector<TargetLine>& lines) {
  for (const ErrorTarget& target : kTargets) {
    const AccuracyLine* line = study.hardware().report.find("model_kind", "moe", target.error_class);
    if (line == nullptr) continue;
    const std::string name = std::string(target.error_class) + " of mixtures of experts";
    lines.push_back(at_most(name + ", median error", line->median_error, kMoeAllowance * target.median));
    lines.push_back(at_most(name + ", p90", line->p90_error, kMoeAllowance * target.p90));
  }
}

void add_weak_groups(const Study& study, std::vector<TargetLine>& lines) {
  std::string names;
  int count = 0;
  for (const WeakGroup& weak : weak_groups(study)) {
    if ((weak.of.by != "vendor" && weak.of.by != "backend") || weak.times <= kGroupAllowance) continue;
    names += (count++ == 0 ? "" : ", ") + weak.of.name + " " + weak.of.error_class;
  }
  lines.push_back({"vendors and backends of at least 10 groups worse than twice the target", "none",
                   count == 0 ? "none" : std::to_string(count) + ": " + names, count == 0 ? "met" : "missed",
                   count == 0});
}

void add_coverage(const Study& study, std::vector<TargetLine>& lines) {
  std::string outside;
  int count = 0;
  for (const CoverageLine& line : coverage_lines(study, kLeastDevices)) {
    if (line.by == "all") {
      const bool met = line.coverage >= kLeastCoverage && line.coverage <= kMostCoverage;
      const double off = std::max(kLeastCoverage - line.coverage, line.coverage - kMostCoverage);
      lines.push_back({"80 % bands cover, over all devices", "75 % to 85 %", percent(line.coverage),
                       met ? "met" : "missed by " + significant(100 * off, 2) + " points", met});
    } else if (!line.inside()) {
      outside += (count++ == 0 ? "" : ", ") + line.name + " " + percent(line.coverage);
    }
  }
  lines.push_back({"vendors and backends of at least 15 devices outside the binomial tolerance", "none",
                   count == 0 ? "none" : std::to_string(count) + ": " + outside, count == 0 ? "met" : "missed",
                   count == 0});
}

void add_constants(const Study& study, std::vector<TargetLine>& lines) {
  const double per = 1.0 * study.refitted.groups / std::max(1, study.refitted.fitted_constants());
  TargetLine line{"groups per fitted constant", "at least 30", significant(per, 2), "met", per >= kGroupsPerConstant};
  if (!line.met) {
    const int most = static_cast<int>(study.refitted.groups / kGroupsPerConstant);
    line.verdict = "missed by " + std::to_string(study.refitted.fitted_constants() - most) + " constants";
  }
  lines.push_back(line);
}

void add_memory(const Study& study, std::vector<TargetLine>& lines) {
  double worst = 0;
  for (const MemoryLog& log : memory_logs(study.house.catalog)) worst = std::max(worst, std::abs(log.error()));
  lines.push_back(at_most("memory against engines' own logs, largest error", worst, kMostMemoryError));
}

void add_contests(const std::vector<Contest>& contests, std::vector<TargetLine>& lines) {
  for (const Contest& c : contests) {
    lines.push_back(at_most("median error relative to " + c.peer->name + "'s in " + c.peer->error_class,
                            c.ours.median_error / c.theirs.median_error, 0.5, false));
    lines.push_back(at_most("p90 relative to " + c.peer->name + "'s in " + c.peer->error_class,
                            c.ours.p90_error / c.theirs.p90_error, 0.5, false));
  }
}

/// Covered share and groups of each device.
using ByDevice = std::map<std::string, std::pair<double, int>>;

CoverageLine coverage_of(std::string by, std::string name, const ByDevice& devices) {
  CoverageLine line{std::move(by), std::move(name), static_cast<int>(devices.size()), 0, 0, 0};
  for (const auto& [device, sum] : devices) {
    line.groups += sum.second;
    line.coverage += sum.first / sum.second / line.devices;
  }
  line.tolerance = 1.96 * std::sqrt(kBandLevel * (1 - kBandLevel) / line.devices);
  return line;
}

}  // namespace

bool CoverageLine::inside() const { return std::abs(coverage - kBandLevel) <= tolerance; }

std::vector<CoverageLine> coverage_lines(const Study& study, int least_devices) {
  ByDevice all;
  std::map<std::pair<std::string, std::string>, ByDevice> of_name;
  for (const AccuracyGroup& group : accuracy_groups(study.hardware().rows)) {
    const std::string& id = group.example->device_id;
    const Result<const Device*> device = study.house.catalog.device(id);
    for (ByDevice* devices :
         {&all, &of_name[{"vendor", device ? (*device)->vendor : ""}], &of_name[{"backend", group.example->backend}]}) {
      auto& [covered, groups] = (*devices)[id];
      covered += group.covered;
      ++groups;
    }
  }
  std::vector<CoverageLine> lines = {coverage_of("all", "all", all)};
  for (const auto& [name, devices] : of_name) {
    if (static_cast<int>(devices.size()) >= least_devices)
      lines.push_back(coverage_of(name.first, name.second, devices));
  }
  return lines;
}

std::vector<WeakGroup> weak_groups(const Study& study) {
  std::vector<WeakGroup> weak;
  for (const AccuracyReport::By& entry : study.hardware().report.by) {
    const ErrorTarget* target = target_of(entry.error_class);
    if (target == nullptr || entry.line.groups < kLeastGroups) continue;
    const double times = std::max(entry.line.median_error / target->median, entry.line.p90_error / target->p90);
    if (times > 1) weak.push_back({entry, times});
  }
  std::stable_sort(weak.begin(), weak.end(), [](const WeakGroup& a, const WeakGroup& b) { return a.times > b.times; });
  return weak;
}

std::vector<TargetLine> target_lines(const Study& study, const std::vector<Contest>& contests) {
  std::vector<TargetLine> lines;
  add_errors(study, lines);
  add_mixtures(study, lines);
  add_weak_groups(study, lines);
  add_coverage(study, lines);
  add_constants(study, lines);
  add_memory(study, lines);
  add_contests(contests, lines);
  return lines;
}

}  // namespace rigwise
