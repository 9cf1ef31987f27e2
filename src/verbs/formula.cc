#include "verbs/formula.h"

#include <algorithm>
#include <cmath>
#include <numeric>
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

  Result<double> whole() {
    const double value = sum();
    skip();
    if (!failed_ && at_ != text_.size()) refuse("\"" + std::string(text_.substr(at_)) + "\" is left over");
    if (failed_) return fail(fault_);
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
  double refuse(std::string why, std::string try_this = {}, std::vector<std::string> nearest = {}) {
    if (!failed_) {
      fault_ = {ErrorCode::invalid_input, "the formula \"" + std::string(text_) + "\" cannot be read: " + why, "",
                std::move(try_this), std::move(nearest)};
    }
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
    if (failed_ || at_ >= text_.size()) return refuse("it ends too early");
    if (++depth_ > kDeepest) return refuse("it is nested too deep");
    double value = 0;
    if (take('-')) {
      value = -atom();
    } else if (take('(')) {
      value = sum();
      if (!take(')')) value = refuse("a ')' is missing");
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
    return value ? *value : refuse("\"" + std::string(text_.substr(begin, at_ - begin)) + "\" is no number");
  }

  double named() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (take('(')) return call(name);
    const auto symbol = symbols_.find(name);
    return symbol == symbols_.end() ? refuse_name(name) : symbol->second;
  }

  double refuse_name(std::string_view name) {
    if (name.empty()) return refuse("\"" + std::string(text_.substr(at_)) + "\" is neither a number nor a name");
    std::vector<std::string> known;
    known.reserve(symbols_.size());
    for (const auto& [symbol, value] : symbols_) known.push_back(symbol);
    const std::string hint = known.empty() ? "no name has a value" : "one of: " + join(known, ", ");
    return refuse("nothing is called \"" + std::string(name) + "\"", hint, nearest_names(name, known));
  }

  double call(std::string_view name) {
    std::vector<double> values = {sum()};
    while (take(',')) values.push_back(sum());
    if (!take(')')) return refuse("a ')' is missing");
    if (name == "max") return *std::max_element(values.begin(), values.end());
    if (name == "min") return *std::min_element(values.begin(), values.end());
    const double total = std::accumulate(values.begin(), values.end(), 0.0);
    if (name == "sum") return total;
    if (name == "mean") return total / static_cast<double>(values.size());
    return values.size() == 2 ? of_two(name, values[0], values[1]) : of_one(name, values);
  }

  double of_two(std::string_view name, double x, double y) {
    if (name == "round") return std::round(x / y) * y;
    if (name == "at_least") return x >= y ? 1 : 0;
    return refuse_call(name);
  }

  double of_one(std::string_view name, const std::vector<double>& values) {
    if (values.size() != 1) return refuse_call(name);
    if (name == "sqrt") return std::sqrt(values[0]);
    if (name == "floor") return std::floor(values[0]);
    if (name == "ceil") return std::ceil(values[0]);
    if (name == "round") return std::round(values[0]);
    if (name == "normal_cdf") return 0.5 * std::erfc(-values[0] / std::sqrt(2.0));
    return refuse_call(name);
  }

  double refuse_call(std::string_view name) {
    static const std::vector<std::string> kFunctions = {"max",   "min",  "sum",   "mean",     "sqrt",
                                                        "floor", "ceil", "round", "at_least", "normal_cdf"};
    return refuse("no function of so many values is called \"" + std::string(name) + "\"",
                  "one of: " + join(kFunctions, ", "), nearest_names(name, kFunctions));
  }

  std::string_view text_;
  const Symbols& symbols_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  Error fault_;
};

}  // namespace

std::optional<double> evaluate(std::string_view formula, const Symbols& symbols) {
  const Result<double> value = Reader(formula, symbols).whole();
  return value ? std::optional<double>(*value) : std::nullopt;
}

Result<double> evaluate_or_say(std::string_view formula, const Symbols& symbols) {
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
