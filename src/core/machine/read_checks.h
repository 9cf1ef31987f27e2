#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/units.h"

namespace rigwise {

/// Rate of one number of threads.
struct ThreadRate {
  int threads = 1;
  double best_gbps = 0, median_gbps = 0;
};

/// The least number of threads, of those tried, whose best read reaches 95 % of the best of all: more of them do not
/// read memory faster, so that an engine's `-t` need not be above it. Nothing without a read.
/// From  measuring.md 4.10.
std::optional<int> enough_threads(const std::vector<ThreadRate>& read);

/// A number of threads that nobody tried, half way between enough_threads() and the most that were tried below it;
/// nothing where the two are neighbours. Trying it and asking again ends after log2 of the threads.
std::optional<int> threads_to_try(const std::vector<ThreadRate>& read);

/// How reads stand to what the memory's modules allow (channels x transfers x width).
///   usual  up to all of it, 70 % at least
///   low    below 70 %
///   above  more than there is: a fault in one of the two
enum class PeakVerdict { usual, low, above };
const char* peak_verdict_name(PeakVerdict verdict);
PeakVerdict peak_verdict(double share);

/// measured / peak; nothing where either is unknown. Never cut off at 1.
/// From  measuring.md 4.10: 70 to 95 % is what machines reach.
std::optional<double> share_of_peak(const std::optional<double>& read_gbps, const std::optional<BytesPerSecond>& peak);

/// What to think of such a share, for people; empty where it is as usual.
std::string peak_share_words(double share, BytesPerSecond peak);

}  // namespace rigwise
