#pragma once

#include <optional>
#include <string_view>

namespace rigwise {

/// A month is a twelfth of a year of 365.25 days.
inline constexpr double kDaysPerMonth = 30.4375, kHoursPerMonth = 24 * kDaysPerMonth;

/// Months since year 0 of a catalog date ("2026", "2026-04", "2026-04-15"); nothing when it is not a date.
/// A missing month counts as the middle of the year, a missing day as the middle of the month.
std::optional<double> month_number(std::string_view date);

/// Months from `earlier` to `later`, never negative; nothing when either is not a date.
std::optional<double> months_between(std::string_view earlier, std::string_view later);

/// True when something dated `date` was not yet known on `as_of` (a month of grace; half a year for a bare year).
bool is_after(std::string_view date, std::string_view as_of);

}  // namespace rigwise
