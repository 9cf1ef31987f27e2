#include <algorithm>

#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_group_sign(char c) { return c == ' ' || c == '\'' || c == '.' || c == ','; }

/// Walks over one number.
class NumberReader {
 public:
  NumberReader(std::string_view text, std::size_t at) : text_(text), at_(at), begin_(at) {}

  std::optional<WrittenNumber> read() {
    skip_sign();
    skip_currency();
    const std::size_t first = at_;
    while (has_digit(at_)) ++at_;
    if (at_ == first) return std::nullopt;
    if (at_ - first <= 3) skip_groups();
    skip_fraction();
    WrittenNumber number;
    number.begin = begin_;
    number.end = at_;
    const bool closes = opened_ && at_ < text_.size() && text_[at_] == ')';
    for (const double value : readings(text_.substr(first, at_ - first))) {
      number.values.push_back(negative_ || closes ? -value : value);
    }
    if (number.values.empty()) return std::nullopt;
    return number;
  }

 private:
  bool has_digit(std::size_t at) const { return at < text_.size() && is_digit(text_[at]); }
  bool has_three(std::size_t at) const {
    return has_digit(at) && has_digit(at + 1) && has_digit(at + 2) && !has_digit(at + 3);
  }

  void skip_space() {
    if (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  void skip_sign() {
    if (at_ >= text_.size() || (text_[at_] != '-' && text_[at_] != '(')) return;
    (text_[at_] == '-' ? negative_ : opened_) = true;
    ++at_;
    skip_space();
  }
  void skip_currency() {
    for (const std::string_view sign : {"$", "\u20AC", "\u00A3"}) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      skip_space();
      return;
    }
  }
  void skip_groups() {
    while (at_ < text_.size() && is_group_sign(text_[at_]) && has_three(at_ + 1)) at_ += 4;
  }
  void skip_fraction() {
    if (at_ + 1 < text_.size() && (text_[at_] == '.' || text_[at_] == ',') && has_digit(at_ + 1)) {
      ++at_;
      while (has_digit(at_)) ++at_;
    }
  }

  /// The point as decimal sign and the other signs between groups of three, and the comma likewise.
  static std::vector<double> readings(std::string_view digits) {
    std::vector<double> values;
    for (const char point : {'.', ','}) {
      const std::size_t end = std::min(digits.rfind(point), digits.size());
      if (!groups_are_threes(digits.substr(0, end), point)) continue;
      std::string plain;
      for (const char c : digits.substr(0, end)) {
        if (is_digit(c)) plain += c;
      }
      const std::string_view fraction = digits.substr(std::min(end + 1, digits.size()));
      if (fraction.find_first_not_of("0123456789") != std::string_view::npos) continue;
      if (!fraction.empty()) plain.append(".").append(fraction);
      const Result<double> value = parse_number(plain);
      if (value && std::find(values.begin(), values.end(), *value) == values.end()) values.push_back(*value);
    }
    return values;
  }

  static bool groups_are_threes(std::string_view whole, char point) {
    std::size_t digits = 0;
    bool is_first = true;
    for (const char c : whole) {
      if (c == point) return false;
      if (is_digit(c)) {
        ++digits;
        continue;
      }
      if (is_first ? digits > 3 : digits != 3) return false;
      is_first = false;
      digits = 0;
    }
    return is_first || digits == 3;
  }

  std::string_view text_;
  std::size_t at_, begin_;
  bool negative_ = false, opened_ = false;
};

}  // namespace

std::vector<WrittenNumber> written_numbers(std::string_view folded_text) {
  std::vector<WrittenNumber> found;
  for (std::size_t at = 0; at < folded_text.size();) {
    const bool hangs =
        at > 0 && (word_ends_at(folded_text, at) || folded_text[at - 1] == '.' || folded_text[at - 1] == ',');
    if (!hangs) {
      if (std::optional<WrittenNumber> number = NumberReader(folded_text, at).read()) {
        at = number->end;
        found.push_back(std::move(*number));
        continue;
      }
    }
    at = utf8_at(folded_text, at).next;
  }
  return found;
}

}  // namespace rigwise
