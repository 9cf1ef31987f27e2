#include "core/cost/break_even.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// What a plan pays in its last month of the search: all that goes on.
Money running(const std::vector<Money>& paid) { return paid.back() - paid[paid.size() - 2]; }

std::string why_never(const std::vector<Money>& own, const std::vector<Money>& other) {
  const Money own_month = running(own), other_month = running(other);
  const std::string currency = " " + own_month.currency() + " a month";
  if (own_month < other_month) {
    return "not within " + std::to_string(kBreakEvenMonths / 12) + " years: " + whole_units(own.back() - other.back()) +
           " " + own_month.currency() + " are still missing then";
  }
  return "running it costs " + fixed(rounded_to_cents(own_month), 2) + currency + ", the other " +
         fixed(rounded_to_cents(other_month), 2) + ": the price never comes back";
}

}  // namespace

BreakEven break_even(const CostPlan& plan, const CostPlan& other) {
  const std::vector<Money> own = cash_flow(without_resale(plan), kBreakEvenMonths).cumulative();
  const std::vector<Money> rival = cash_flow(without_resale(other), kBreakEvenMonths).cumulative();
  std::size_t first = own.size();
  while (first > 0 && !(rival[first - 1] < own[first - 1])) --first;
  BreakEven result;
  if (first == own.size()) {
    result.why_never = why_never(own, rival);
    return result;
  }
  result.months = 0;
  if (first > 0) {
    const double before = (own[first - 1] - rival[first - 1]).amount(), after = (rival[first] - own[first]).amount();
    result.months = static_cast<double>(first) - 1 + before / (before + after);
  }
  result.month = static_cast<int>(std::ceil(*result.months));
  return result;
}

}  // namespace rigwise
