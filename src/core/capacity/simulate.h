#pragma once

#include <cstdint>
#include <vector>

#include "core/capacity/arrivals.h"
#include "core/capacity/server.h"

namespace rigwise {

/// One model of a set-up: how fast, how scheduled, what is asked of it and what it must keep.
struct ServedModel {
  StepTable table;
  ServingPolicy policy;
  PowerUse power;
  Load load;
  Slo slo;
};

/// How much is simulated. Requests are numbered by arrival, over all models together.
struct SimulationSize {
  std::uint64_t seed = 1;
  std::uint64_t warmup = 1000;            ///< first requests, which only fill the set-up
  std::uint64_t measured = 10000;         ///< the next ones, which count; others keep arriving until these are done
  bool drains = false;                    ///< nobody arrives after the measured ones: a day with an end
  std::int64_t most_waiting = 20000;      ///< in one queue; beyond, the run stops as overloaded
  std::uint64_t most_leaps = 1000000000;  ///< of all engines; beyond, the run stops as overloaded
  bool stops_when_lost = false;           ///< stop as soon as too many measured requests have missed their objective
};

struct ServedModelRun {
  Latencies latencies;
  ServerTotals window;       ///< between the first and the last measured arrival (draining: to the end)
  double queued_at_end = 0;  ///< requests
  bool overloaded = false;   ///< the queue passed `most_waiting`
};

struct SimulationRun {
  std::vector<ServedModelRun> models;
  double window_s = 0, busy_s = 0;
  bool overloaded = false, lost = false;
  std::uint64_t simulated = 0;  ///< requests, warm-up and followers included
  double idle_w = 0;

  /// Share of the window in which the set-up worked.
  double utilisation() const { return window_s > 0 ? busy_s / window_s : 0; }
};

/// Serves the loads and says what happened.
///
/// A discrete-event simulation: from event to event (an arrival; the end of a leap of engine steps), in integer
/// nanoseconds. Models on the same set-up share it by turns so short that each of n busy ones runs at 1/n of its speed.
/// Nothing is stored per finished request, so memory depends on how many are in the system, not on how many there were.
///
/// Takes  at least one model. Gives the same bytes for the same input everywhere.
/// Holds  for one machine (or one replica of several): no network, no clients that give up.
SimulationRun simulate(const std::vector<ServedModel>& models, const SimulationSize& size);

/// True when at most 1 - percentile of the measured requests missed either objective and nothing was overloaded.
bool keeps(const ServedModelRun& run, const Slo& slo, std::uint64_t measured);

}  // namespace rigwise
