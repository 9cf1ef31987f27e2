#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/perf/speed.h"

namespace rigwise {

/// Simulated time: nanoseconds since the start, so that sums are exact and the order of events is the same everywhere.
using Nanoseconds = std::int64_t;
inline constexpr double kNsPerSecond = 1e9;
constexpr double in_seconds(Nanoseconds t) { return static_cast<double>(t) / kNsPerSecond; }

/// How far a table must reach.
struct StepTableSize {
  int sequences = 64;           ///< most that decode at once
  double depth_tokens = 8192;   ///< deepest cache of a sequence
  double prompt_tokens = 8192;  ///< longest prompt taken in
  double cached_tokens = 0;     ///< most of a prompt that is already cached
};

/// What the times are multiplied with: above 1 is slower. The ends of a band of speeds are such factors.
struct StepFactors {
  double decode = 1, prefill = 1;
};

/// Step times of one model on one set-up, tabulated: a simulation asks millions of times, and a speed model takes a
/// hundred times as long to answer as a table.
///
/// Decode times stand for every number of sequences and eight depths an octave, prefill times for eight prompt lengths
/// and cached lengths an octave; between them a line, which is off by less than 0.2 % of the curves of core/perf.
class StepTable {
 public:
  using DecodeSeconds = std::function<double(int sequences, double depth_tokens)>;
  using PrefillSeconds = std::function<double(double prompt_tokens, double cached_tokens)>;

  StepTable(const StepTableSize& size, const DecodeSeconds& decode, const PrefillSeconds& prefill);

  int max_sequences() const { return max_sequences_; }
  /// The same with all times multiplied.
  StepTable times(const StepFactors& factors) const;
  /// One decode step of `sequences` >= 1 sequences that are `depth_tokens` deep on average, at least 1 ns.
  Nanoseconds decode_ns(int sequences, std::int64_t depth_tokens) const;
  /// Taking in the first `prompt_tokens` tokens that follow `cached_tokens`; a chunk costs what it adds to this.
  double prefill_ns(std::int64_t prompt_tokens, std::int64_t cached_tokens) const;

 private:
  int max_sequences_ = 0;
  std::size_t depths_ = 0, prompts_ = 0, cached_ = 0;
  std::vector<double> decode_;   ///< [sequences - 1][depth]
  std::vector<double> prefill_;  ///< [cached][prompt]
};

/// The table of one replica of a speed model: predict's decode_step and prefill of one prompt at a time.
StepTable step_table(const SpeedModel& model, const StepTableSize& size);

}  // namespace rigwise
