#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// An amount of money as a person wrote it.
struct WrittenAmount {
  double value = 0;
  std::string currency;  ///< "EUR"; "$" for a dollar of any country; empty: none was written
};

/// "4000", "4k", "25,000 USD", "25 000.50", "CHF 25'000", "$4,000", "€ 25k".
///
/// Takes   digits in groups of three between commas, spaces or apostrophes, a decimal point, a k for thousands, and a
///         currency before or after: three letters, or $ US$ C$ CA$ € £. Whether the currency is known, the asker says.
/// Errors  anything else, and what may mean two things: "25,5" and "25.000".
Result<WrittenAmount> parse_amount(std::string_view text);

/// Whether two written currencies can be the same: one is empty, they are equal, or one is "$" and the other a dollar.
bool is_same_currency(std::string_view a, std::string_view b);

}  // namespace rigwise
