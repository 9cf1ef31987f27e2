#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace rigwise {

struct Constant;
class OwnCurve;

/// What of a workload moves the speed that a run counts: a prompt and what is cached before it (prefill), or the cache
/// at the middle of the answer (decode).
struct RunPoint {
  double prompt_tokens = 0, depth_tokens = 0, streams = 1;
};

/// How far apart two workloads of a phase are: the largest of their log ratios, short prompts and caches counting as
/// alike.
double run_distance(const RunPoint& a, const RunPoint& b);

/// How near the user's own runs come to a question.
enum class OwnReach {
  none,
  here,    ///< the very set-up at a workload near this one: tier T0
  far,     ///< the very set-up at another depth, prompt length or number of streams
  model,   ///< the same model in another format
  device,  ///< another model
};

/// The nearest of the user's runs, for the band of what they moved (own_band in bands.h).
struct OwnNearness {
  OwnReach reach = OwnReach::none;
  double distance = 0;  ///< here, far: run_distance(); model, device: |ln| of the ratio of bytes that a token reads
  double spread = 0;    ///< how far the runs lie from what is made of them, natural log: four of five lie within
};

/// One run of the user's own machine beside what the published constants, device terms apart, say of that very run.
struct OwnRun {
  std::string id;     ///< of the measurement row
  std::string setup;  ///< setup_key(): what was measured on what, weight format included
  RunPoint at;
  double log_ratio = 0;  ///< ln(measured / predicted)
};

/// One set-up that was measured, as its relatives see it.
struct OwnSetup {
  double token_bytes = 0;  ///< token_bytes() of its model and format
  double spread = 0;       ///< as of OwnNearness, at the workload where its runs differ most
};

/// What the user's runs teach; empty unless learn_from() filled it.
struct OwnRuns {
  std::vector<OwnRun> runs;
  /// ln of what the user's machine does better than the published evidence says, shrunk towards 0: keys as of
  /// Calibration::device_terms.
  std::vector<Constant> terms;
  std::unordered_map<std::string, std::vector<std::size_t>> of_setup;  ///< runs by setup
  std::unordered_map<std::string, std::size_t> term_index;
  std::unordered_map<std::string, std::shared_ptr<const OwnCurve>> curves;  ///< by setup
  std::unordered_map<std::string, std::vector<OwnSetup>> of_term;           ///< set-ups behind a term, by its key

  bool empty() const { return runs.empty(); }
};

}  // namespace rigwise
