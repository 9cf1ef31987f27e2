#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace rigwise {

struct Constant;

/// What of a workload moves the speed that a run counts: a prompt and what is cached before it (prefill), or the cache
/// at the middle of the answer (decode).
struct RunPoint {
  double prompt_tokens = 0, depth_tokens = 0, streams = 1;
};

/// How far apart two workloads of a phase are: the largest of their log ratios, short prompts and caches counting as
/// alike.
double run_distance(const RunPoint& a, const RunPoint& b);

/// How near the user's own runs come to a question. Each has bands of its own.
enum class OwnReach {
  none,
  here,    ///< the very set-up at a workload near this one: tier T0
  far,     ///< the very set-up at another depth, prompt length or number of streams
  model,   ///< the same model in another format
  device,  ///< another model
};

/// One run of the user's own machine beside what the published constants, device terms apart, say of that very run.
struct OwnRun {
  std::string id;     ///< of the measurement row
  std::string setup;  ///< setup_key(): what was measured on what, weight format included
  RunPoint at;
  double log_ratio = 0;  ///< ln(measured / predicted)
};

/// What the user's runs teach; empty unless learn_from() filled it.
struct OwnRuns {
  std::vector<OwnRun> runs;
  /// ln of what the user's machine does better than the published evidence says, shrunk towards 0: keys as of
  /// Calibration::device_terms.
  std::vector<Constant> terms;
  std::unordered_map<std::string, std::vector<std::size_t>> of_setup;  ///< runs by setup
  std::unordered_map<std::string, std::size_t> term_index;

  bool empty() const { return runs.empty(); }
};

}  // namespace rigwise
