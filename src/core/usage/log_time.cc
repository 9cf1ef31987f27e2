#include "core/usage/log_time.h"

namespace rigwise {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr int kHourSeconds = 3'600, kMinuteSeconds = 60, kMostOffsetHours = 14;

/// Takes exactly `digits` digits off the front; -1 where they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = 10 * value + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool exists(int year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1970 || month < 1 || month > 12 || day < 1) return false;
  return day <= kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/// Seconds of "13:05:06.789" or "13:05"; -1: none stands there, and nothing is taken.
std::int64_t take_clock(std::string_view& text) {
  std::string_view rest = text;
  const int hour = take_number(rest, 2);
  if (hour < 0 || hour > 23 || !take(rest, ':')) return -1;
  const int minute = take_number(rest, 2);
  if (minute < 0 || minute > 59) return -1;
  int second = 0;
  if (std::string_view after = rest; take(after, ':')) {
    second = take_number(after, 2);
    if (second < 0 || second > 60) return -1;
    if (std::string_view fraction = after; take(fraction, '.') || take(fraction, ',')) {
      while (!fraction.empty() && fraction.front() >= '0' && fraction.front() <= '9') fraction.remove_prefix(1);
      after = fraction;
    }
    rest = after;
  }
  text = rest;
  return hour * kHourSeconds + minute * kMinuteSeconds + second;
}

/// A zone at the front; nothing, and nothing taken, when none stands there.
std::optional<int> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  std::string_view rest = text;
  if (rest.starts_with(" UTC")) {
    text.remove_prefix(4);
    return 0;
  }
  if (rest.starts_with(" +") || rest.starts_with(" -")) rest.remove_prefix(1);
  const bool east = rest.starts_with('+');
  if (!take(rest, '+') && !take(rest, '-')) return std::nullopt;
  const int hours = take_number(rest, 2);
  if (hours < 0 || hours > kMostOffsetHours) return std::nullopt;
  std::string_view after = rest;
  take(after, ':');
  int minutes = take_number(after, 2);
  if (minutes < 0 || minutes > 59)
    minutes = 0;
  else
    rest = after;
  text = rest;
  const int seconds = hours * kHourSeconds + minutes * kMinuteSeconds;
  return east ? seconds : -seconds;
}

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

}  // namespace

std::int64_t days_of_date(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int of_era = y - era * 400;
  const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return static_cast<std::int64_t>(era) * 146'097 + days - 719'468;
}

std::string date_of_days(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int of_era = static_cast<int>(shifted - era * 146'097);
  const int year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int march = (5 * of_year + 2) / 153;
  const int day = of_year - (153 * march + 2) / 5 + 1, month = march < 10 ? march + 3 : march - 9;
  const int year = year_of_era + static_cast<int>(era) * 400 + (month <= 2 ? 1 : 0);
  return std::to_string(year) + "-" + two_digits(month) + "-" + two_digits(day);
}

std::optional<LogTime> log_time_at(std::string_view text) {
  std::string_view rest = text;
  const int year = take_number(rest, 4);
  const bool slashes = take(rest, '/');
  if (year < 0 || (!slashes && !take(rest, '-'))) return std::nullopt;
  const int month = take_number(rest, 2);
  if (month < 0 || !take(rest, slashes ? '/' : '-')) return std::nullopt;
  const int day = take_number(rest, 2);
  if (day < 0 || !exists(year, month, day)) return std::nullopt;
  LogTime time{days_of_date(year, month, day) * kDaySeconds, true, 0};
  std::string_view after = rest;
  if (!take(after, 'T') && after.starts_with(" - "))
    after.remove_prefix(3);
  else if (after.starts_with(' '))
    after.remove_prefix(1);
  if (const std::int64_t clock = take_clock(after); clock >= 0) {
    time.time_s += clock;
    rest = after;
    if (const std::optional<int> zone = take_zone(rest)) {
      time.time_s -= *zone;
      time.is_local = false;
    }
  }
  time.length = text.size() - rest.size();
  return time;
}

std::optional<int> utc_offset_of(std::string_view text) {
  if (text == "utc" || text == "UTC") return 0;
  std::string_view rest = text;
  const std::optional<int> zone = take_zone(rest);
  if (!zone || !rest.empty() || *zone > kMostOffsetHours * kHourSeconds) return std::nullopt;
  return zone;
}

std::string utc_offset_text(int offset_s) {
  const int minutes = (offset_s < 0 ? -offset_s : offset_s) / kMinuteSeconds;
  return (offset_s < 0 ? "-" : "+") + two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

}  // namespace rigwise
