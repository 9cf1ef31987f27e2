#pragma once

#include <chrono>
#include <string>

namespace rigwise {

/// Today's date in UTC, by this machine's clock: "2026-11-22".
inline std::string today_utc() {
  using namespace std::chrono;
  const year_month_day day{floor<days>(system_clock::now())};
  const auto two_digits = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(static_cast<int>(day.year())) + "-" + two_digits(static_cast<unsigned>(day.month())) + "-" +
         two_digits(static_cast<unsigned>(day.day()));
}

}  // namespace rigwise
