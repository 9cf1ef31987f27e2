#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stats/clusters.h"
#include "core/usage/usage_tally.h"

namespace rigwise {

/// A twelfth of 365.25 days.
inline constexpr double kMeanMonthDays = 30.4375;
/// Fewer days than two weeks say little of a month: which ones they were decides.
inline constexpr std::int64_t kEnoughDays = 14;

/// A mean over the days, as a month's.
struct MonthlyUse {
  double value = 0;
  std::optional<Interval> interval;  ///< nothing with fewer than two days
};

/// A kind of work among the prompts.
struct CategoryShare {
  std::string category;
  std::string role;  ///< whose work it is by the rules; empty for what no rule knows
  std::uint64_t prompts = 0;
  double share = 0;
  Interval interval;                  ///< of `share`, Wilson's
  std::optional<double> token_share;  ///< of the tokens whose prompt is known; nothing without such
};

/// What the totals mean.
struct UsageSummary {
  std::int64_t first_day = 0, last_day = 0;  ///< since 1970, both inclusive
  std::int64_t days = 0, active_days = 0;    ///< 0: no request has a date
  double active_hours_per_day = 0;           ///< hours with a request, of a day that has any
  MonthlyUse tokens_per_month, requests_per_month;
  std::optional<double> input_share;         ///< of all tokens
  std::optional<double> cached_share;        ///< of the input, where the log says how much was cached
  std::optional<std::int64_t> busiest_hour;  ///< since 1970
  std::uint64_t busiest_hour_requests = 0;
  std::vector<CategoryShare> mix;  ///< by share, what no rule knows last; empty without prompts
  std::vector<std::string> notes;
};

/// Scales what was used to a month and says how sure that is.
///
///     per month = mean over the days of the period * 30.4375
///
/// The period is the days asked for, else the first to the last day with a request; days without one count. The
/// interval is a BCa bootstrap over days (bca_interval()): it says how far other days like these could have differed,
/// not that the months to come will be like these. Takes  a level in (0, 1).
UsageSummary summary_of(const UsageTotals& totals, const UsageWindow& window, const CategoryRules& rules, double level);

}  // namespace rigwise
