#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/measure/client_health.h"
#include "core/measure/energy.h"
#include "core/measure/level_metrics.h"
#include "core/measure/paired_runs.h"

namespace rigwise {

/// A level of a bench as it is told: what was measured, and whether to believe it.
struct BenchLevel {
  double streams = 0;     ///< closed loop; 0: open
  double rate_per_s = 0;  ///< open loop
  LevelMetrics metrics;
  ClientSigns signs;
  ClientVerdict verdict;
  bool interrupted = false;
  std::optional<bool> keeps_objectives;
  std::optional<double> degradation;  ///< speed of a stream over that of one stream alone
  std::optional<double> scaling;      ///< all tokens a second over (streams x those of one)
  std::optional<double> connect_p50_s;
  std::optional<WindowEnergy> energy;  ///< of the machine under test, when that is this one and it was asked for
  std::vector<std::string> notes;
  std::vector<RequestSample> samples;
};

/// "levels[]" of rigwise.bench/1.
Json bench_level_json(const BenchLevel& level);

/// Everything that was seen of a request, as one line of the raw events file: times in nanoseconds of one clock.
Json request_trace_json(std::size_t level, const RequestTrace& trace);

/// What `bench compare` needs of a saved run.
struct SavedLevel {
  double streams = 0, rate_per_s = 0;
  std::string grade;
  std::vector<RequestSample> samples;
};
struct SavedBench {
  std::string target, model;
  std::optional<std::int64_t> seed;
  std::vector<SavedLevel> levels;
};
/// Reads a result that `rigwise bench` wrote. Errors  another schema, keys of other kinds; `name` is where.
Result<SavedBench> saved_bench_of(const Json& report, const std::string& name);

}  // namespace rigwise
