// What one run says about the others of its machine: the residuals behind the bands of learned predictions.
#include <map>

#include "core/perf/learn.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

/// Runs of one group by one source: as near to one machine as published rows come.
struct SourceGroup {
  int group = 0;
  const ResolvedRow* example = nullptr;
  std::vector<RunPoint> at;
  std::vector<double> residuals;
};

/// Groups by number, by machine: who measured which device with which engine and backend in which phase.
using Machines = std::map<std::string, std::map<int, SourceGroup>>;

Machines by_machine(const FitRows& rows, const std::vector<double>& residuals) {
  Machines machines;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const FitRow& row = rows.rows[i];
    const Measurement& measured = *row.resolved.row;
    if (row.weight <= 0 || measured.phase == Phase::e2e) continue;
    const std::string machine = device_key(context_of(row.resolved)) + "|" + measured.engine + "|" + measured.source;
    SourceGroup& group = machines[machine][row.group];
    group.example = &row.resolved;
    group.group = row.group;
    group.at.push_back(run_point(row.resolved));
    group.residuals.push_back(residuals[i]);
  }
  return machines;
}

OwnResidual residual_of(const SourceGroup& predicted, OwnReach reach, double log_ratio) {
  const ResolvedRow& r = *predicted.example;
  return {r.error_class, r.backend, r.engine->id, r.device().id, reach, predicted.group, log_ratio};
}

/// Every run of a set-up as each other one would have predicted it.
void add_within(const SourceGroup& group, std::vector<OwnResidual>& out) {
  for (std::size_t a = 0; a < group.at.size(); ++a) {
    for (std::size_t b = 0; b < group.at.size(); ++b) {
      if (a == b) continue;
      const OwnReach reach = run_distance(group.at[a], group.at[b]) < kNearRun ? OwnReach::here : OwnReach::far;
      out.push_back(residual_of(group, reach, group.residuals[b] - group.residuals[a]));
    }
  }
}

}  // namespace

std::vector<OwnResidual> own_residuals(const FitRows& rows, const std::vector<double>& residuals) {
  // What one run moves: half of its residual for the device, half of the rest for its model (learn_from with n = 1).
  constexpr double kOfDevice = 0.5, kOfModel = 0.75;
  std::vector<OwnResidual> out;
  for (const auto& [machine, groups] : by_machine(rows, residuals)) {
    for (const auto& [number, known] : groups) {
      add_within(known, out);
      const double says = median(known.residuals);
      for (const auto& [other, asked] : groups) {
        if (other == number) continue;
        const bool same_model = known.example->model == asked.example->model;
        out.push_back(residual_of(asked, same_model ? OwnReach::model : OwnReach::device,
                                  median(asked.residuals) - (same_model ? kOfModel : kOfDevice) * says));
      }
    }
  }
  return out;
}

}  // namespace rigwise
