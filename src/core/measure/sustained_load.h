#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/stats/clusters.h"

namespace rigwise {

/// One look at a machine that is kept busy.
struct LoadSample {
  double at_s = 0;                                          ///< since the load began
  double rate = 0;                                          ///< of whatever is measured: GB/s, tokens a second
  std::optional<double> temperature_c, clock_mhz, power_w;  ///< where the machine tells
};

/// What minutes of load did to a machine's speed.
struct SustainedLoad {
  double wall_s = 0;
  std::size_t samples = 0;
  double cold = 0;         ///< median rate of the first seconds
  double steady = 0;       ///< median rate of the last third: what one gets who works with it
  double drop = 0;         ///< 1 - steady / cold; below zero: it got faster
  Interval drop_interval;  ///< at 95 %
  bool is_throttled = false;
  std::optional<double> drop_at_s;  ///< when the rate fell, of one that is throttled
  std::optional<double> temperature_first_c, temperature_most_c, clock_first_mhz, clock_last_mhz, power_mean_w;
};

/// Whether a machine slows down under load.
///
///     drop = 1 - median(last third) / median(first 2 s);   throttled when the whole interval is above 5 %
///
/// Takes  samples in order of time, at least twelve over at least ten seconds.
/// Gives  nothing with less: a short run shows no heat. The interval is a bootstrap of both medians (1,000 draws, one
/// seed,
///        so that it is the same everywhere); the time of the fall is the split into two levels that leaves the least
///        squared error.
/// Holds  for what the curve shows, not for why: with temperature and clock beside it heat can be told from other work.
/// From   measuring.md 4.10: hot samples are kept, steady is the truth for a buyer; 5 % as there.
std::optional<SustainedLoad> sustained_load(const std::vector<LoadSample>& samples);

/// One line for people: "2.1 % slower after a minute (-0.3 to 4.4 %): no throttling".
std::string sustained_words(const SustainedLoad& load);

}  // namespace rigwise
