#pragma once

#include <optional>
#include <string>

#include "core/cost/cost_plan.h"

namespace rigwise {

/// How far ahead a break-even is looked for.
inline constexpr int kBreakEvenMonths = 120;

/// When a plan has become cheaper than another and stays so.
struct BreakEven {
  std::optional<double> months;  ///< absent: never
  std::optional<int> month;      ///< the bill after which it holds: months, rounded up
  std::string why_never;
};

/// Cash break-even: what is paid for `plan` until then is no more than what is paid for `other`, and stays so.
///
///     least m with paid(plan, m') <= paid(other, m') for all m' >= m, straight lines between the months
///
/// Takes  plans of one currency.
/// Gives  a fraction of a month: with equal bills every month, price / (other's monthly - own monthly).
/// Holds  for `kBreakEvenMonths`; resale is left out, for nobody sells on that day. What is paid every month holds no
///        depreciation: the price counts once, on its day. Seed S3-9 counts it twice, in the price and in the month.
/// From   seed S0-27: 9,503 / (1,000 - 50) = 10.0 months; S3-9 corrected: 40,000 / (4,600 - 75) = 8.8 months.
BreakEven break_even(const CostPlan& plan, const CostPlan& other);

}  // namespace rigwise
