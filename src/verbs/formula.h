#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rigwise {

/// Values of the symbols that a formula may use.
using Symbols = std::map<std::string, double, std::less<>>;

/// The value of a formula as people read it: numbers, symbols (letters, digits, '_' and '.'), + - * / ^ ( ),
/// max(...), min(...), sqrt(x), normal_cdf(x). '^' binds tightest, then * and /, then + and -; equal ones from the
/// left. Nothing when the text is no such formula or names an unknown symbol. What explain shows is what it computes.
std::optional<double> evaluate(std::string_view formula, const Symbols& symbols);

}  // namespace rigwise
