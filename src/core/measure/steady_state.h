#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stats/clusters.h"

namespace rigwise {

/// How many of the first values belong to the start-up and not to the steady state.
///
///     least over d of  sum_{i>d} (b_i - mean_d)^2 / (k - d)^2,   b_i means of five values each, d <= k/2
///
/// Gives  a count of values (a multiple of five); nothing when the least lies at the limit: no steady part was found.
/// From   White, Simulation 69 (1997) 323; MSER-5.
std::optional<std::size_t> mser5_truncation(const std::vector<double>& values);

/// Whether y grows or falls with x: the slope of least squares, and the p of a t test that there is none.
struct Trend {
  double slope = 0;
  double p = 1;  ///< two-sided
};
/// Gives nothing with fewer than eight points or x all alike.
std::optional<Trend> trend_of(const std::vector<double>& x, const std::vector<double>& y);

/// Mean of a correlated series with its interval, by means of batches.
/// Gives  an interval over at least 10 batches (20 where the values allow); nothing with fewer than 20 values.
///        `lag1` is the correlation of neighbouring batches: above 0.5 the interval is too narrow.
struct BatchMean {
  double mean = 0;
  std::optional<Interval> interval;
  double lag1 = 0;
};
BatchMean batch_mean(const std::vector<double>& values, double confidence = 0.95);

/// Line through points that outliers do not move: the median of the slopes of all pairs.
struct RobustLine {
  double slope = 0, intercept = 0;
};
/// Takes  points with at least two different x. Gives nothing otherwise.
/// From   Sen, J. Am. Stat. Assoc. 63 (1968) 1379.
std::optional<RobustLine> theil_sen(const std::vector<double>& x, const std::vector<double>& y);

/// Speed of taking in prompts, from first-token times of prompts of different lengths.
///     prefill = 1/slope of ttft over (prompt - cached) tokens;   the intercept is network, queue and template
/// Gives  nothing with fewer than three lengths or a slope that is not positive.
struct PrefillRate {
  double tokens_per_s = 0;
  double intercept_s = 0;
  int lengths = 0;
};
std::optional<PrefillRate> prefill_rate(const std::vector<double>& uncached_tokens, const std::vector<double>& ttft_s);

/// What is known of a level's window.
struct SteadySigns {
  std::vector<double> tokens_by_second;  ///< token counts of whole seconds of the window
  double streams_wanted = 0;             ///< closed loop; 0: open
  double streams_mean = 0;               ///< under way on average in the window
  std::vector<double> sent_s, ttft_s;    ///< of the measured requests
};

/// Whether the window shows a steady state, and if not, why.
struct SteadyVerdict {
  bool steady = false;
  std::vector<std::string> reasons;
};
/// Not steady when: fewer than ten whole seconds (cannot be told); fewer than 95 % of the streams were under way;
/// MSER-5 would cut off more than a fifth; tokens a second or ttft grow or fall with p < 0.001 by more than a tenth
/// over the window.
SteadyVerdict judge_steady(const SteadySigns& signs);

}  // namespace rigwise
