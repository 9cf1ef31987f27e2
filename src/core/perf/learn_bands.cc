// What one run says about the others of its machine: the residuals behind the bands of learned predictions.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/perf/device_terms.h"
#include "core/perf/learn.h"
#include "core/stats/quantile.h"

namespace rigwise {
namespace {

/// What one run moves: half of its residual for the device, half of the rest for its model (learn_from with n = 1).
constexpr double kOfDevice = 0.5, kOfModel = 0.75;

/// Runs of one group by one source: as near to one machine as published rows come.
struct SourceGroup {
  const ResolvedRow* example = nullptr;
  std::vector<RunPoint> at;
  std::vector<double> residuals, left_out;
};

/// Groups of one machine by number: who measured which device with which engine and backend in which phase.
struct Machine {
  std::string device;  ///< device_key()
  std::map<int, SourceGroup> groups;
  std::vector<std::size_t> rows;
};

std::map<std::string, Machine> by_machine(const FitRows& rows, const std::vector<double>& residuals,
                                          const std::vector<double>& left_out) {
  std::map<std::string, Machine> machines;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const FitRow& row = rows.rows[i];
    const Measurement& measured = *row.resolved.row;
    if (row.weight <= 0 || measured.phase == Phase::e2e) continue;
    std::string device = device_key(context_of(row.resolved));
    Machine& machine = machines[device + "|" + measured.engine + "|" + measured.source];
    machine.device = std::move(device);
    machine.rows.push_back(i);
    SourceGroup& group = machine.groups[row.group];
    group.example = &row.resolved;
    group.at.push_back(run_point(row.resolved));
    group.residuals.push_back(residuals[i]);
    group.left_out.push_back(left_out[i]);
  }
  return machines;
}

OwnResidual residual_of(int number, const SourceGroup& predicted, OwnReach reach, double log_ratio) {
  const ResolvedRow& r = *predicted.example;
  return {r.error_class, r.backend, r.engine->id, r.device().id, reach, number, log_ratio};
}

/// What published measurements say of a group, and how far it was from that.
struct Published {
  double beyond = 0;  ///< ln(measured / predicted)
  LogBand band;
};

/// Every run of a set-up as each other one would have predicted it.
void add_within(int number, const SourceGroup& group, const LogBand& published, std::vector<OwnResidual>& out) {
  for (std::size_t a = 0; a < group.at.size(); ++a) {
    for (std::size_t b = 0; b < group.at.size(); ++b) {
      if (a == b) continue;
      const double distance = run_distance(group.at[a], group.at[b]);
      OwnResidual r = residual_of(number, group, distance < kNearRun ? OwnReach::here : OwnReach::far,
                                  group.residuals[b] - group.residuals[a]);
      r.distance = distance;
      r.published_low = published.low;
      r.published_high = published.high;
      out.push_back(std::move(r));
    }
  }
}

/// Every group of a machine as each other one would have predicted it.
void add_relatives(const Machine& machine, const std::map<int, Published>& published, bool known,
                   std::vector<OwnResidual>& out) {
  for (const auto& [number, run] : machine.groups) {
    for (const auto& [other, asked] : machine.groups) {
      if (other == number) continue;
      const ResolvedRow &of_run = *run.example, &of_asked = *asked.example;
      const bool same_model = of_run.model == of_asked.model;
      const double moved = (same_model ? kOfModel : kOfDevice) * published.at(number).beyond;
      OwnResidual r = residual_of(other, asked, same_model ? OwnReach::model : OwnReach::device,
                                  published.at(other).beyond - moved);
      r.distance = std::abs(
          std::log(token_bytes(*of_run.model, *of_run.format) / token_bytes(*of_asked.model, *of_asked.format)));
      r.known = known;
      r.published_low = published.at(other).band.low;
      r.published_high = published.at(other).band.high;
      out.push_back(std::move(r));
    }
  }
}

Published published_of(const SourceGroup& group, const std::vector<double>& residuals, const Calibration& bands,
                       const DeviceEvidence& evidence) {
  constexpr double kLevel = 0.8;
  const ResolvedRow& r = *group.example;
  return {median(residuals) - evidence.log_factor,
          evidence_band(bands, r.error_class, evidence, r.backend, r.engine->id, kLevel)};
}

/// As if nobody had published the device.
std::map<int, Published> as_stranger(const Machine& machine, const Calibration& bands) {
  std::map<int, Published> published;
  for (const auto& [number, group] : machine.groups) {
    published.emplace(number, published_of(group, group.left_out, bands, DeviceEvidence{}));
  }
  return published;
}

/// With what the other sources' groups say of the device; empty where there are none.
std::map<int, Published> as_known(const FitRows& rows, const std::vector<double>& residuals, const Machine& machine,
                                  const std::vector<std::size_t>& of_device, const Calibration& bands) {
  FitRows others;
  others.groups = rows.groups;
  std::vector<double> of_others;
  for (const std::size_t i : of_device) {
    if (std::binary_search(machine.rows.begin(), machine.rows.end(), i)) continue;
    others.rows.push_back(rows.rows[i]);
    of_others.push_back(residuals[i]);
  }
  std::map<int, Published> published;
  if (others.rows.empty()) return published;
  Calibration without = bands;
  without.device_terms = fit_device_terms(others, of_others);
  without.reindex();
  for (const auto& [number, group] : machine.groups) {
    DeviceEvidence evidence = published_evidence(without, context_of(*group.example));
    evidence.published = evidence.tier;
    published.emplace(number, published_of(group, group.residuals, bands, evidence));
  }
  return published;
}

}  // namespace

std::vector<OwnResidual> own_residuals(const FitRows& rows, const std::vector<double>& residuals,
                                       const std::vector<double>& left_out, const Calibration& published) {
  const std::map<std::string, Machine> machines = by_machine(rows, residuals, left_out);
  std::map<std::string, std::vector<std::size_t>> of_device;
  for (const auto& [name, machine] : machines) {
    std::vector<std::size_t>& of = of_device[machine.device];
    of.insert(of.end(), machine.rows.begin(), machine.rows.end());
  }
  std::vector<OwnResidual> out;
  for (const auto& [name, machine] : machines) {
    const std::map<int, Published> stranger = as_stranger(machine, published);
    for (const auto& [number, group] : machine.groups) add_within(number, group, stranger.at(number).band, out);
    if (machine.groups.size() < 2) continue;
    add_relatives(machine, stranger, false, out);
    const auto known = as_known(rows, residuals, machine, of_device.at(machine.device), published);
    if (!known.empty()) add_relatives(machine, known, true, out);
  }
  return out;
}

}  // namespace rigwise
