#include "core/usage/usage_summary.h"

#include <algorithm>
#include <iterator>

#include "core/base/text.h"
#include "core/usage/log_time.h"

namespace rigwise {
namespace {

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// The period, and each of its days.
void set_period(const UsageTotals& totals, const UsageWindow& window, UsageSummary& summary) {
  if (totals.days.empty()) return;
  summary.first_day = window.since_day.value_or(totals.days.begin()->first);
  summary.last_day = window.until_day.value_or(totals.days.rbegin()->first);
  summary.days = summary.last_day - summary.first_day + 1;
  summary.active_days = static_cast<std::int64_t>(totals.days.size());
}

MonthlyUse monthly(const UsageTotals& totals, const UsageSummary& summary, double level,
                   std::uint64_t (*of_day)(const TokenSums&)) {
  MonthlyUse use;
  if (summary.days <= 0) return use;
  std::vector<TaskFamily> days;
  days.reserve(totals.days.size());
  double sum = 0;
  for (const auto& [day, sums] : totals.days) {
    const auto value = static_cast<double>(of_day(sums));
    days.push_back({value});
    sum += value;
  }
  // A log whose days lie centuries apart has a broken clock; its empty days are not drawn one by one.
  constexpr std::int64_t kMostDays = 4'000;
  use.value = sum / static_cast<double>(summary.days) * kMeanMonthDays;
  if (summary.days < 2 || summary.days > kMostDays) return use;
  days.resize(static_cast<std::size_t>(summary.days), {0.0});
  constexpr std::int64_t kPicks = 2'000'000, kLeastDraws = 1'000;
  const std::int64_t draws = std::clamp<std::int64_t>(kPicks / summary.days, kLeastDraws, kBootstrapDraws);
  const Interval mean = bca_interval(days, level, static_cast<int>(draws));
  use.interval = Interval{std::max(0.0, mean.low) * kMeanMonthDays, mean.high * kMeanMonthDays};
  return use;
}

void set_shares(const TokenSums& all, UsageSummary& summary) {
  if (all.tokens() > 0) summary.input_share = static_cast<double>(all.input) / static_cast<double>(all.tokens());
  if (all.input_with_cached > 0) {
    summary.cached_share = static_cast<double>(all.cached) / static_cast<double>(all.input_with_cached);
  }
}

void set_busiest_hour(const UsageTotals& totals, UsageSummary& summary) {
  for (const auto& [hour, requests] : totals.hours) {
    if (requests <= summary.busiest_hour_requests) continue;
    summary.busiest_hour = hour;
    summary.busiest_hour_requests = requests;
  }
  if (summary.active_days > 0) {
    summary.active_hours_per_day = static_cast<double>(totals.hours.size()) / static_cast<double>(summary.active_days);
  }
}

void set_mix(const UsageTotals& totals, const CategoryRules& rules, double level, UsageSummary& summary) {
  if (totals.prompts == 0) return;
  std::uint64_t tokens = 0;
  for (const CategoryUse& use : totals.categories) tokens += use.tokens;
  for (std::size_t i = 0; i < totals.categories.size(); ++i) {
    const CategoryUse& use = totals.categories[i];
    if (use.prompts == 0) continue;
    CategoryShare share;
    const bool is_known = i < rules.categories().size();
    share.category = rules.name_of(is_known ? std::optional<std::size_t>(i) : std::nullopt);
    if (is_known) share.role = rules.categories()[i].role;
    share.prompts = use.prompts;
    share.share = static_cast<double>(use.prompts) / static_cast<double>(totals.prompts);
    share.interval = pass_rate_interval(static_cast<int>(use.prompts), static_cast<int>(totals.prompts), level);
    if (tokens > 0) share.token_share = static_cast<double>(use.tokens) / static_cast<double>(tokens);
    summary.mix.push_back(std::move(share));
  }
  std::stable_sort(summary.mix.begin(), summary.mix.end(), [](const CategoryShare& a, const CategoryShare& b) {
    const bool a_last = a.category == kOtherCategory, b_last = b.category == kOtherCategory;
    return a_last != b_last ? b_last : a.prompts > b.prompts;
  });
}

void note_gaps(const UsageTotals& totals, UsageSummary& summary) {
  const TokenSums& all = totals.all;
  if (all.requests_without_tokens > 0) {
    summary.notes.push_back(counted(all.requests_without_tokens, "request has", "requests have") +
                            " no token counts: they count as arrivals, and tokens are those of the others");
  }
  if (all.requests_without_cached > 0) {
    summary.notes.push_back(counted(all.requests_without_cached, "request does", "requests do") +
                            " not say what was cached: the cached share is that of the others");
  }
  if (totals.uncounted > 0) {
    summary.notes.push_back(counted(totals.uncounted, "sum does", "sums do") +
                            " not say of how many requests: they count as tokens, not as arrivals");
  }
  if (totals.undated > 0) {
    summary.notes.push_back(counted(totals.undated, "request has", "requests have") +
                            " no date: in the totals, not in the month's figures");
  }
  if (totals.left_out > 0) {
    summary.notes.push_back(counted(totals.left_out, "record lies", "records lie") +
                            " outside the days asked for, or without a date");
  }
  if (summary.days > 0 && summary.days < kEnoughDays) {
    summary.notes.push_back("only " + counted(static_cast<std::uint64_t>(summary.days), "day is", "days are") +
                            " covered: a month's figures want " + std::to_string(kEnoughDays) + " or more");
  }
}

/// A clock that was wrong, or a record of another age, makes a month of years: a gap longer than all the other days
/// together is worth a word.
void note_lonely_days(const UsageTotals& totals, UsageSummary& summary) {
  constexpr std::int64_t kLongestHoliday = 60;
  std::int64_t widest = 0, before = 0, after = 0;
  for (auto day = totals.days.begin(); day != totals.days.end() && std::next(day) != totals.days.end(); ++day) {
    const std::int64_t gap = std::next(day)->first - day->first;
    if (gap <= widest) continue;
    widest = gap;
    before = day->first;
    after = std::next(day)->first;
  }
  if (widest <= kLongestHoliday || widest <= summary.days - widest) return;
  summary.notes.push_back("nothing from " + date_of_days(before) + " to " + date_of_days(after) +
                          ": these days count as idle, and a wrong date makes the month's figures far too small; "
                          "--since and --until leave days out");
}

}  // namespace

UsageSummary summary_of(const UsageTotals& totals, const UsageWindow& window, const CategoryRules& rules,
                        double level) {
  UsageSummary summary;
  set_period(totals, window, summary);
  summary.tokens_per_month = monthly(totals, summary, level, [](const TokenSums& s) { return s.tokens(); });
  summary.requests_per_month = monthly(totals, summary, level, [](const TokenSums& s) { return s.requests; });
  set_shares(totals.all, summary);
  set_busiest_hour(totals, summary);
  set_mix(totals, rules, level, summary);
  note_gaps(totals, summary);
  note_lonely_days(totals, summary);
  return summary;
}

}  // namespace rigwise
