#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// Values of the symbols that a formula may use.
using Symbols = std::map<std::string, double, std::less<>>;

/// The value of a formula as people read it: numbers, symbols (letters, digits, '_' and '.'), + - * / ^ ( ),
/// max(...), min(...), sum(...), mean(...), sqrt(x), floor(x), ceil(x), round(x) or round(x, step),
/// at_least(x, bound) (1 or 0), normal_cdf(x). '^' binds tightest, then * and /, then + and -; equal ones from the
/// left. Nothing when the text is no such formula or names an unknown symbol. What explain shows is what it computes.
std::optional<double> evaluate(std::string_view formula, const Symbols& symbols);

/// The same; the error says what could not be read, with the nearest names.
Result<double> evaluate_or_say(std::string_view formula, const Symbols& symbols);

/// A formula from a pattern: '#' becomes `index`, '@' becomes `tokens`, '~' becomes `suffix`.
///     numbered("layers_# * cells_#", "2") gives "layers_2 * cells_2"
std::string numbered(std::string_view pattern, std::string_view index, std::string_view tokens = {},
                     std::string_view suffix = {});

}  // namespace rigwise
