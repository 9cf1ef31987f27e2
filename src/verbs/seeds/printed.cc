#include "verbs/seeds/printed.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kAbout = 0.05;  // a figure with "~" may be off by so much
constexpr double kDust = 1e-9;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(char c) { return is_digit(c) || is_letter(c); }

/// Reads figures from left to right.
class FigureReader {
 public:
  explicit FigureReader(std::string_view text) : text_(text) {}

  std::vector<PrintedFigure> all() {
    const std::string words = lower(text_);
    estimated_ = words.find("est.") != std::string::npos;
    read_truth(words);
    while (at_ < text_.size()) {
      if (!is_digit(text_[at_])) {
        ++at_;
      } else if (in_word(at_)) {
        while (at_ < text_.size() && (is_word(text_[at_]) || text_[at_] == '.')) ++at_;
      } else {
        read_figure();
      }
    }
    return std::move(figures_);
  }

 private:
  char peek(std::size_t at) const { return at < text_.size() ? text_[at] : '\0'; }

  /// "Q4", "OSS-120B", "K2.5": the digit is part of a name.
  bool in_word(std::size_t at) const {
    if (at == 0) return false;
    if (is_letter(text_[at - 1]) || text_[at - 1] == '.') return true;
    return text_[at - 1] == '-' && at > 1 && is_word(text_[at - 2]);
  }

  void read_truth(const std::string& words) {
    for (const std::string_view no : {"no", "doesn't fit", "does not fit", "yes"}) {
      if (!words.starts_with(no) || (words.size() > no.size() && is_word(words[no.size()]))) continue;
      PrintedFigure figure;
      figure.is_truth = true;
      figure.low = figure.high = no == "yes" ? 1 : 0;
      figure.end = no.size();
      at_ = figure.end;
      figures_.push_back(figure);
      return;
    }
  }

  /// Digits, thousands' commas, decimals and a K, from at_ on.
  double number(PrintedFigure& figure) {
    std::string digits;
    figure.decimals = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const bool comma = c == ',' && is_digit(peek(at_ + 1)) && is_digit(peek(at_ + 2)) && is_digit(peek(at_ + 3)) &&
                         !is_digit(peek(at_ + 4));
      if (comma) continue;
      if (c == '.' && (!is_digit(peek(at_ + 1)) || digits.find('.') != std::string::npos)) break;
      if (!is_digit(c) && c != '.') break;
      digits += c;
    }
    const std::size_t point = digits.find('.');
    if (point != std::string::npos) figure.decimals = static_cast<int>(digits.size() - point - 1);
    figure.scale = 1;
    if (peek(at_) == 'K' && !is_word(peek(at_ + 1))) {
      figure.scale = 1000;
      ++at_;
    }
    figure.step = figure.scale * std::pow(10.0, -figure.decimals);
    return parse_number(digits).value_or(0) * figure.scale;
  }

  /// Where the second number of a range begins, if one does: "25-30", "3,759 - 8,350", "7B-14B".
  std::size_t range_end() const {
    std::size_t at = at_;
    while (is_letter(peek(at))) ++at;
    const std::string_view unit = text_.substr(at_, at - at_);
    const bool wide = peek(at) == ' ' && peek(at + 1) == '-' && peek(at + 2) == ' ';
    at += wide ? 1 : 0;
    if (peek(at) != '-') return 0;
    at += wide ? 2 : 1;
    while (peek(at) == '~' || peek(at) == '$') ++at;
    if (!is_digit(peek(at))) return 0;
    if (unit.empty()) return at;
    std::size_t after = at;
    while (is_digit(peek(after)) || peek(after) == '.' || peek(after) == ',') ++after;
    return text_.substr(after).starts_with(unit) ? at : 0;
  }

  bool is_about(std::size_t begin) const {
    while (begin > 0 && (text_[begin - 1] == ' ' || text_[begin - 1] == '$' || is_letter(text_[begin - 1]))) --begin;
    return begin > 0 && text_[begin - 1] == '~';
  }

  void read_figure() {
    PrintedFigure figure;
    figure.begin = at_;
    figure.about = estimated_ || is_about(at_);
    const bool negative = at_ > 0 && text_[at_ - 1] == '-';
    figure.low = figure.high = number(figure);
    if (negative) {
      --figure.begin;
      figure.low = figure.high = -figure.low;
    } else if (const std::size_t second = range_end(); second > 0) {
      const double first_scale = figure.scale;
      at_ = second;
      figure.high = number(figure);
      if (figure.high < figure.low && first_scale == 1) figure.low = figure.high;  // "24-7" is no range
    }
    figure.end = at_;
    if (peek(at_) == '+') {
      figure.at_least = true;
      ++at_;
    }
    figures_.push_back(figure);
    while (is_word(peek(at_))) ++at_;  // its unit
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool estimated_ = false;
  std::vector<PrintedFigure> figures_;
};

double tolerance(const PrintedFigure& figure, double printed) {
  const double rounding = figure.step / 2 * (1 + kDust) + kDust * std::fabs(printed);
  return figure.about ? std::max(rounding, kAbout * std::fabs(printed)) : rounding;
}

std::string with_commas(std::string digits) {
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  const std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t at = point; at > sign + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// Our value as the figure is printed; where it differs, with `digits`, or as many more as show the difference.
std::string as_printed(const PrintedFigure& figure, double value, bool agreeing, int digits) {
  if (!agreeing) {
    const int most = figure.scale == 1 ? std::max(kExactDigits, figure.decimals + 1) : kExactDigits;
    for (int d = std::min(digits, most); d < most; ++d) {
      const Result<double> shown = parse_number(significant(value, d));
      if (shown && !agrees(figure, *shown)) return with_commas(significant(value, d));
    }
    return grouped(value, most);
  }
  const std::string unit = figure.scale == 1 ? "" : "K";
  return with_commas(fixed(value / figure.scale, figure.decimals)) + unit;
}

}  // namespace

std::vector<PrintedFigure> printed_figures(std::string_view text) { return FigureReader(text).all(); }

bool agrees(const PrintedFigure& figure, double value) {
  if (figure.is_truth) return (value >= 0.5) == (figure.low >= 0.5);
  if (value < figure.low - tolerance(figure, figure.low)) return false;
  return figure.at_least || value <= figure.high + tolerance(figure, figure.high);
}

bool agrees(const PrintedFigure& figure, double low, double high) {
  return std::fabs(low - figure.low) <= tolerance(figure, figure.low) &&
         std::fabs(high - figure.high) <= tolerance(figure, figure.high);
}

std::string grouped(double value, int digits) {
  const std::string text = std::fabs(value) >= 1000 ? fixed(value, 0) : significant(value, digits);
  return with_commas(text);
}

std::string with_values(std::string_view text, const std::vector<std::optional<double>>& values, int digits) {
  const std::vector<PrintedFigure> figures = printed_figures(text);
  if (figures.size() == 1 && figures[0].is_range() && values.size() == 2 && values[0] && values[1]) {
    const bool same = agrees(figures[0], *values[0], *values[1]);
    std::string_view head = text.substr(0, figures[0].begin);
    if (head.ends_with('~') && !same) head.remove_suffix(1);
    return std::string(head) + as_printed(figures[0], *values[0], same, digits) + "-" +
           as_printed(figures[0], *values[1], same, digits) + std::string(text.substr(figures[0].end));
  }
  std::string out;
  std::size_t at = 0;
  for (std::size_t i = 0; i < std::min(figures.size(), values.size()); ++i) {
    if (!values[i]) continue;
    out += text.substr(at, figures[i].begin - at);
    if (out.ends_with('~') && !agrees(figures[i], *values[i])) out.pop_back();  // ours is not about anything
    out += figures[i].is_truth ? (*values[i] >= 0.5 ? "yes" : "no")
                               : as_printed(figures[i], *values[i], agrees(figures[i], *values[i]), digits);
    at = figures[i].end;
  }
  return out + std::string(text.substr(at));
}

}  // namespace rigwise
