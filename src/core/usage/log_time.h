#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rigwise {

/// Days from 1970-01-01 to a day of the Gregorian calendar, before it too.
/// From   Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil), in the public domain.
std::int64_t days_of_date(int year, int month, int day);

/// "2026-11-22" of a count of days since 1970-01-01.
std::string date_of_days(std::int64_t days);

/// A moment as a log writes it.
struct LogTime {
  std::int64_t time_s = 0;
  bool is_local = false;   ///< no zone was written
  std::size_t length = 0;  ///< of the text that was read
};

/// Reads the moment that `text` begins with: "2026-11-22", "2026-11-22T13:05:06.789Z", "2026/11/22 - 13:05:06",
/// "2026-11-22 13:05:06+01:00". Nothing when it begins with no date that exists.
std::optional<LogTime> log_time_at(std::string_view text);

/// Seconds east of UTC of "+02:00", "-0530", "Z", "utc"; nothing when it is none, or beyond 14 hours.
std::optional<int> utc_offset_of(std::string_view text);
/// "+02:00".
std::string utc_offset_text(int offset_s);

}  // namespace rigwise
