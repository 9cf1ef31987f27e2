#include "own_runs.h"

#include <cmath>
#include <map>
#include <utility>

#include "core/stats/quantile.h"
#include "host/cli/table.h"
#include "page.h"
#include "words.h"

namespace rigwise {
namespace {

constexpr int kLeastDevices = 5;

struct Asked {
  const char* what;
  OwnReach reach;
  bool known;
};
constexpr Asked kAsked[] = {{"the same set-up, a workload near it", OwnReach::here, false},
                            {"the same set-up, another workload", OwnReach::far, false},
                            {"the model in another format", OwnReach::model, false},
                            {"another model", OwnReach::device, false},
                            {"the model in another format, device published by others", OwnReach::model, true},
                            {"another model, device published by others", OwnReach::device, true}};

double width(const LogBand& band) { return band.high - band.low; }

template <class Wanted>
OwnRunsLine line_of(const Study& study, const std::string& error_class, std::string what, Wanted wanted) {
  OwnRunsLine line{error_class, std::move(what)};
  std::map<std::string, std::map<int, std::pair<int, int>>> of_device;  // covered and all pairs, by group
  std::vector<double> before, after, narrowed;
  for (const LearnTrial& trial : study.learned) {
    const OwnResidual& r = trial.residual;
    if (r.error_class != error_class || !wanted(r)) continue;
    auto& [covered, all] = of_device[r.device][r.group];
    covered += r.log_ratio >= trial.after.low && r.log_ratio <= trial.after.high;
    ++all;
    before.push_back(width(trial.before));
    after.push_back(width(trial.after));
    narrowed.push_back(after.back() / before.back());
  }
  line.pairs = static_cast<int>(before.size());
  line.devices = static_cast<int>(of_device.size());
  if (line.pairs == 0) return line;
  for (const auto& [device, groups] : of_device) {
    double share = 0;
    for (const auto& [group, seen] : groups) share += 1.0 * seen.first / seen.second;
    line.groups += static_cast<int>(groups.size());
    line.coverage += share / static_cast<double>(groups.size() * of_device.size());
  }
  line.before = std::exp(median(before));
  line.after = std::exp(median(after));
  line.narrowed = median(narrowed);
  return line;
}

}  // namespace

std::vector<OwnRunsLine> own_runs_lines(const Study& study) {
  std::vector<OwnRunsLine> lines;
  for (const char* error_class : kMainClasses) {
    for (const Asked& asked : kAsked) {
      OwnRunsLine line = line_of(study, error_class, asked.what, [&](const OwnResidual& r) {
        return r.reach == asked.reach && r.known == asked.known;
      });
      if (line.devices >= kLeastDevices) lines.push_back(std::move(line));
    }
  }
  return lines;
}

OwnRunsLine other_groups_line(const Study& study, const std::string& error_class) {
  return line_of(study, error_class, "all other groups", [](const OwnResidual& r) {
    return !r.known && (r.reach == OwnReach::model || r.reach == OwnReach::device);
  });
}

std::string own_runs_table(const Study& study) {
  Table table;
  table.columns = {{"class"},        {"predicted from one run of"}, {"groups", true}, {"devices", true},
                   {"covers", true}, {"high / low before", true},   {"after", true},  {"width left", true}};
  for (const OwnRunsLine& line : own_runs_lines(study)) {
    table.rows.push_back({line.error_class, line.what, counted(line.groups), counted(line.devices),
                          percent(line.coverage), significant(line.before, 3), significant(line.after, 3),
                          percent(line.narrowed)});
  }
  return table.as_markdown();
}

}  // namespace rigwise
