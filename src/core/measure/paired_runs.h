#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stats/clusters.h"

namespace rigwise {

/// One request of a saved level: its place in the plan and what it measured. Absent values are not compared.
struct RequestSample {
  std::uint32_t index = 0;
  std::optional<double> ttft_s, tpot_s, e2e_s, output_tokens;
  std::optional<double> at_s;  ///< when it was to leave, from the beginning of the measured window
};

/// How much a metric of the second run differs from the first, over requests that asked the same.
struct PairedChange {
  std::size_t pairs = 0;
  double first_mean = 0, second_mean = 0;
  double ratio = 1;                  ///< second over first, of the paired means
  std::optional<Interval> interval;  ///< of the ratio, 95 %; nothing with fewer than kBlocksToCompare blocks
};
inline constexpr int kBlocksToCompare = 10;
inline constexpr int kBlocksMost = 20;

/// Pairs requests by index and compares the means.
///
///     per block of neighbouring pairs  d_b = ln(mean second / mean first);   ratio = exp(mean d),  t interval of d
///
/// Neighbours in a level wait for the same queue, so they are not independent: whole blocks of them are.
/// Takes  the values of both runs by index; a pair needs both. Values must be positive.
PairedChange compare_paired(const std::vector<RequestSample>& first, const std::vector<RequestSample>& second,
                            std::optional<double> RequestSample::* metric);

/// Why two levels should not be compared at all; empty when they may be: output lengths that differ by more than 5 %,
/// or no pairs.
std::string why_not_comparable(const std::vector<RequestSample>& first, const std::vector<RequestSample>& second);

}  // namespace rigwise
