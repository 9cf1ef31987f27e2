#include "core/base/text.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>

#include "core/base/decimal.h"

namespace rigwise {
namespace {

const char* not_finite(double value) { return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf"; }

/// Plain notation with exactly `decimals` digits after the point (more digits than the decimal has are zeros).
std::string plain(const Decimal& d, int decimals) {
  std::string out;
  if (d.negative && d.count > 0) out += '-';
  const auto digit = [&d](int i) { return i >= 0 && i < d.count ? d.digits[i] : '0'; };
  if (d.point <= 0) out += '0';
  for (int i = 0; i < d.point; ++i) out += digit(i);
  if (decimals > 0) out += '.';
  for (int i = 0; i < decimals; ++i) out += digit(d.point + i);
  return out;
}

int decimals_needed(const Decimal& d) { return d.count > d.point ? d.count - d.point : 0; }

std::string scientific(const Decimal& d) {
  std::string out = d.negative ? "-" : "";
  out += d.digits[0];
  if (d.count > 1) out += '.';
  out.append(d.digits.data() + 1, static_cast<std::size_t>(d.count - 1));
  const int exponent = d.point - 1;
  out += exponent < 0 ? "e-" : "e+";
  return out + std::to_string(exponent < 0 ? -exponent : exponent);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return not_finite(value);
  Decimal d = shortest_decimal(value);
  d.round_to(digits < 1 ? 1 : digits);
  if (d.count == 0) return "0";
  if (d.point < -3 || d.point > 15) return scientific(d);
  return plain(d, decimals_needed(d));
}

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return not_finite(value);
  if (decimals < 0) decimals = 0;
  Decimal d = shortest_decimal(value);
  d.round_to(d.point + decimals);
  return plain(d, decimals);
}

std::string shortest(double value) {
  if (!std::isfinite(value)) return not_finite(value);
  const Decimal d = shortest_decimal(value);
  if (d.count == 0) return "0";
  if (d.point < -5 || d.point > 21) return scientific(d);
  return plain(d, decimals_needed(d));
}

Result<double> parse_number(std::string_view text) {
  double value = 0;
  const auto read = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || !std::isfinite(value))
    return invalid("\"" + std::string(text) + "\" is not a number", {}, "a decimal number such as 12.5 or 1e9");
  return value;
}

std::string fold_name(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (char c : name) {
    c = lower_char(c);
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '+' ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (kept) out += c;
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_char(c);
  return out;
}

namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// The first `width` characters, the last of them an ellipsis where something was cut.
std::string cut_end(std::string_view text, std::size_t width) {
  if (characters(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t taken = 0; end < text.size(); ++end) {
    if (begins_character(text[end]) && ++taken >= std::max<std::size_t>(width, 1)) break;
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace

std::string cut_to_width(std::string_view text, std::size_t width) {
  constexpr std::string_view kPlus = " + ";
  constexpr std::size_t kLeast = 8;  // characters by which a thing can be told
  if (characters(text) <= width) return std::string(text);
  std::vector<std::string_view> parts;
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const std::size_t end = text.find(kPlus, at);
    parts.push_back(text.substr(at, end == std::string_view::npos ? end : end - at));
    widths.push_back(characters(parts.back()));
    total += widths.back() + (parts.size() > 1 ? kPlus.size() : 0);
    at = end == std::string_view::npos ? end : end + kPlus.size();
  }
  while (total > width) {
    const auto longest = std::max_element(widths.begin(), widths.end());
    if (*longest <= kLeast) return cut_end(text, width);
    --*longest;
    --total;
  }
  std::string cut;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) cut += kPlus;
    cut += cut_end(parts[i], widths[i]);
  }
  return cut;
}

}  // namespace rigwise
