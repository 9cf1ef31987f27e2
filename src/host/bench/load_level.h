#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/measure/client_health.h"
#include "core/measure/level_metrics.h"
#include "host/bench/load_plan.h"

namespace rigwise {

/// How long a level lasts.
struct LevelTiming {
  std::optional<double> warmup_s;  ///< nothing: two answers a stream and five seconds, whichever is later
  double warmup_most_s = 120;      ///< of the former
  double window_s = 30;
  std::uint32_t requests = 0;  ///< end the window after so many instead
  double tail_most_s = 600;    ///< for the requests of the window to end; the load goes on meanwhile
};

enum class LevelPhase { connecting, warming_up, measuring, finishing };

/// What may be shown while a level runs.
struct LevelProgress {
  LevelPhase phase = LevelPhase::connecting;
  double elapsed_s = 0;   ///< of the phase
  double expected_s = 0;  ///< of the phase; 0: unknown
  std::uint64_t sent = 0, ended = 0, failed = 0, events = 0;
  std::uint64_t measured = 0, wanted = 0;  ///< requests of the window, when they end it
};

/// What came of a level.
struct LevelRun {
  LevelTraces traces;  ///< in order of index
  ClientSigns signs;
  std::vector<std::string> notes;
  bool interrupted = false;
  std::optional<double> connect_p50_s;
  std::size_t log_bytes = 0;
};

/// Drives one level from the first connection to the last answer, in threads of its own, and reads what was written
/// down. Returns early when `interrupt` becomes true, with what there is. `progress` is told of four times a second,
/// and at the end. Errors  more sockets than the system allows (said before anything is sent).
Result<LevelRun> run_level(const LoadPlan& plan, const LevelTiming& timing, const std::atomic<bool>& interrupt,
                           const std::function<void(const LevelProgress&)>& progress);

/// Cores that this process may use, less one for the server when that is on this machine; at least 1.
int bench_threads(bool server_is_here);

}  // namespace rigwise
