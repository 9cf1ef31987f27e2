#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "codec/bench_result.h"
#include "core/measure/arrivals.h"
#include "core/measure/load_search.h"
#include "host/bench/load_level.h"
#include "host/bench/prompt_book.h"
#include "host/power/power_sensors.h"

namespace rigwise {

/// What a bench is asked to do.
struct BenchChoice {
  std::vector<std::uint32_t> streams;  ///< closed loop: levels
  std::vector<double> rates;           ///< open loop: levels
  ArrivalPlan arrivals;                ///< of the open levels; the rate is the level's
  std::vector<double> trace_s;         ///< open loop: arrivals as given, one level
  bool search = false;                 ///< largest load within the objectives, from the first level on
  LoadObjectives objectives;
  double percentile = 95;  ///< of the requests that must keep them
  double think_s = 0;
  LevelTiming timing;
  PromptChoice prompts;
  int threads = 0;  ///< 0: as many as there are cores to spare
  /// What tells the power of the machine under test, which must be this one; empty: it is not measured.
  std::function<PowerSensors()> power;
  double power_rest_s = 3;  ///< before the first level, to see what idling takes
  double idle_timeout_s = 120, total_timeout_s = 600;
  std::uint32_t connections_most = 4096;
};

/// What came of it.
struct BenchRun {
  std::vector<BenchLevel> levels;
  std::optional<PrefillRate> prefill;
  std::optional<double> largest_load, first_failing_load;  ///< of a search
  bool interrupted = false;
  std::vector<std::string> notes;
};

/// Called after each level with its traces, before they are let go.
using LevelSink = std::function<Result<void>(std::size_t level, const LevelTraces& traces)>;
/// Called now and then while a level runs, with those that are done, and with its last progress when it is one of them:
/// however short it was.
using BenchWatch = std::function<void(const std::vector<BenchLevel>& done, double load, const LevelProgress& progress)>;

/// Runs the levels one after another and computes what they show.
Result<BenchRun> run_bench(const BenchTarget& target, const BenchChoice& choice, const PromptBook& book,
                           const std::atomic<bool>& interrupt, const LevelSink& sink, const BenchWatch& watch);

}  // namespace rigwise
