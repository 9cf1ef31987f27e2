#include "core/cost/calendar.h"

#include <algorithm>

namespace rigwise {
namespace {

/// A run of exactly `width` digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return std::nullopt;
  int number = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

}  // namespace

std::optional<double> month_number(std::string_view date) {
  const std::optional<int> year = digits(date, 0, 4);
  if (!year) return std::nullopt;
  if (date.size() == 4) return *year * 12 + 6.0;
  const std::optional<int> month = digits(date, 5, 2);
  if (date[4] != '-' || !month || *month < 1 || *month > 12) return std::nullopt;
  if (date.size() == 7) return *year * 12 + (*month - 1) + 0.5;
  const std::optional<int> day = digits(date, 8, 2);
  if (date.size() != 10 || date[7] != '-' || !day || *day < 1 || *day > 31) return std::nullopt;
  return *year * 12 + (*month - 1) + (*day - 1) / 31.0;
}

std::optional<double> months_between(std::string_view earlier, std::string_view later) {
  const std::optional<double> from = month_number(earlier), to = month_number(later);
  if (!from || !to) return std::nullopt;
  return std::max(0.0, *to - *from);
}

bool is_after(std::string_view date, std::string_view as_of) {
  return months_between(as_of, date).value_or(0) > (date.size() == 4 ? 7 : 1);
}

}  // namespace rigwise
