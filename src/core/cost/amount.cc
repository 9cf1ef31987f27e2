#include "core/cost/amount.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr const char* kAccepted = "4000, 4k, 25,000 or 25000.50, with or without a currency such as USD or $";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Typographic spaces and apostrophes as their plain ones; signs of currencies as their codes.
std::string plain(std::string_view given) {
  constexpr std::array<std::pair<const char*, const char*>, 9> kSame = {{{"\xC2\xA0", " "},
                                                                         {"\xE2\x80\xAF", " "},
                                                                         {"\xE2\x80\x89", " "},
                                                                         {"\xE2\x80\x99", "'"},
                                                                         {"US$", "USD"},
                                                                         {"CA$", "CAD"},
                                                                         {"C$", "CAD"},
                                                                         {"\xE2\x82\xAC", "EUR"},
                                                                         {"\xC2\xA3", "GBP"}}};
  std::string text(given);
  for (const auto& [from, to] : kSame) replace_all(text, from, to);
  return std::string(trim(text));
}

/// Takes the currency off the front; empty where there is none.
std::string take_front(std::string_view& text) {
  const std::size_t size = text.starts_with('$') ? 1 : 3;
  const bool is_code = text.size() >= 3 && std::all_of(text.begin(), text.begin() + 3, is_letter) &&
                       (text.size() == 3 || !is_letter(text[3]));
  if (size == 3 && !is_code) return {};
  std::string currency(text.substr(0, size));
  text = trim(text.substr(size));
  return currency;
}

/// Takes the currency off the end; "25kEUR" keeps its k.
std::string take_back(std::string_view& text) {
  std::size_t letters = 0;
  while (letters < text.size() && is_letter(text[text.size() - 1 - letters])) ++letters;
  const bool after_k = letters == 4 && (text[text.size() - 4] == 'k' || text[text.size() - 4] == 'K');
  const std::size_t size = text.ends_with('$') ? 1 : letters == 3 || after_k ? 3 : 0;
  std::string currency(text.substr(text.size() - size));
  text = trim(text.substr(0, text.size() - size));
  return currency;
}

/// The digits without what stands between thousands; empty where the groups are none of three.
std::string without_groups(std::string_view digits) {
  const std::size_t first = digits.find_first_of(", '");
  if (first == std::string_view::npos) return std::string(digits);
  const char separator = digits[first];
  const std::size_t point = std::min(digits.find('.'), digits.size());
  std::string text;
  std::size_t group = 0;
  for (std::size_t i = 0; i < point; ++i) {
    if (digits[i] == separator) {
      const bool is_first = text.size() == group;
      if (is_first ? group < 1 || group > 3 || text == "0" : group != 3) return {};
      group = 0;
      continue;
    }
    if (!is_digit(digits[i])) return {};
    text += digits[i];
    ++group;
  }
  if (group != 3) return {};
  const std::string_view fraction = digits.substr(point);
  const bool is_plain = std::all_of(fraction.begin(), fraction.end(), [](char c) { return is_digit(c) || c == '.'; });
  return is_plain ? text + std::string(fraction) : std::string();
}

/// "25.000": twenty-five thousand in half of Europe.
bool may_be_thousands(std::string_view digits) {
  const std::size_t point = digits.find('.');
  return point >= 1 && point <= 3 && digits.substr(0, point) != "0" && digits.substr(point) == ".000" &&
         std::all_of(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(point), is_digit);
}

}  // namespace

Result<WrittenAmount> parse_amount(std::string_view text) {
  const std::string written = plain(text);
  std::string_view rest = written;
  const auto refused = [&](const std::string& why) {
    return invalid("\"" + std::string(text) + "\" " + why, {}, kAccepted);
  };
  WrittenAmount amount;
  const std::string front = take_front(rest), back = take_back(rest);
  if (!front.empty() && !back.empty()) return refused("names a currency twice");
  amount.currency = front.empty() ? back : front;
  for (char& c : amount.currency) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const bool is_negative = rest.starts_with('-');
  if (is_negative) rest = trim(rest.substr(1));
  const bool thousands = rest.ends_with('k') || rest.ends_with('K');
  if (thousands) rest = trim(rest.substr(0, rest.size() - 1));
  const std::string digits = without_groups(rest);
  if (digits.empty() && rest.find(',') != std::string_view::npos) {
    return refused("is not clear: a comma stands between thousands only, a point before the decimals");
  }
  if (may_be_thousands(rest)) {
    return refused("is not clear: a point stands before decimals, so write thousands as " +
                   std::string(rest.substr(0, rest.find('.'))) + ",000");
  }
  const bool has_digit = !digits.empty() && (is_digit(digits.front()) || digits.front() == '.');
  const Result<double> value = parse_number(digits);
  if (!has_digit || !value) return refused("is no amount of money");
  amount.value = (is_negative ? -1 : 1) * *value * (thousands ? 1e3 : 1);
  return amount;
}

bool is_same_currency(std::string_view a, std::string_view b) {
  const auto is_dollar = [](std::string_view c) { return c == "$" || (c.size() == 3 && c.ends_with('D')); };
  const bool any_dollar = a == "$" || b == "$";
  return a.empty() || b.empty() || a == b || (any_dollar && is_dollar(a) && is_dollar(b));
}

}  // namespace rigwise
