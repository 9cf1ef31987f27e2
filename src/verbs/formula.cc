#include "verbs/formula.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr int kDeepest = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_char(char c) {
  return is_digit(c) || c == '_' || c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Recursive descent; `failed_` is set once and the value then means nothing.
class Reader {
 public:
  Reader(std::string_view text, const Symbols& symbols) : text_(text), symbols_(symbols) {}

  std::optional<double> whole() {
    const double value = sum();
    skip();
    if (failed_ || at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  double refuse() {
    failed_ = true;
    return 0;
  }

  double sum() {
    double value = product();
    while (!failed_) {
      if (take('+')) {
        value += product();
      } else if (take('-')) {
        value -= product();
      } else {
        break;
      }
    }
    return value;
  }

  double product() {
    double value = power();
    while (!failed_) {
      if (take('*')) {
        value *= power();
      } else if (take('/')) {
        value /= power();
      } else {
        break;
      }
    }
    return value;
  }

  double power() {
    const double base = atom();
    return take('^') ? std::pow(base, atom()) : base;
  }

  double atom() {
    skip();
    if (failed_ || at_ >= text_.size() || ++depth_ > kDeepest) return refuse();
    double value = 0;
    if (take('-')) {
      value = -atom();
    } else if (take('(')) {
      value = sum();
      if (!take(')')) value = refuse();
    } else if (is_digit(text_[at_])) {
      value = number();
    } else {
      value = named();
    }
    --depth_;
    return value;
  }

  double number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    const Result<double> value = parse_number(text_.substr(begin, at_ - begin));
    return value ? *value : refuse();
  }

  double named() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (take('(')) return call(name);
    const auto symbol = symbols_.find(name);
    return symbol == symbols_.end() ? refuse() : symbol->second;
  }

  double call(std::string_view name) {
    std::vector<double> values = {sum()};
    while (take(',')) values.push_back(sum());
    if (!take(')')) return refuse();
    if (name == "max") return *std::max_element(values.begin(), values.end());
    if (name == "min") return *std::min_element(values.begin(), values.end());
    if (values.size() != 1) return refuse();
    if (name == "sqrt") return std::sqrt(values[0]);
    if (name == "normal_cdf") return 0.5 * std::erfc(-values[0] / std::sqrt(2.0));
    return refuse();
  }

  std::string_view text_;
  const Symbols& symbols_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<double> evaluate(std::string_view formula, const Symbols& symbols) {
  return Reader(formula, symbols).whole();
}

std::string numbered(std::string_view pattern, std::string_view index, std::string_view tokens,
                     std::string_view suffix) {
  std::string formula;
  for (const char c : pattern) {
    if (c == '#') {
      formula += index;
    } else if (c == '@') {
      formula += tokens;
    } else if (c == '~') {
      formula += suffix;
    } else {
      formula += c;
    }
  }
  return formula;
}

}  // namespace rigwise
