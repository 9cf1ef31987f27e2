#pragma once

#include <array>
#include <string>

namespace rigwise {

/// A finite double as decimal digits: 0.d1d2d3... x 10^point. The step between a double and any text form of it.
/// Zero has no digits.
struct Decimal {
  bool negative = false;
  int count = 0;                  ///< digits in use
  int point = 0;                  ///< position of the decimal point, counted from before the first digit
  std::array<char, 18> digits{};  ///< '0'..'9', the first and the last never '0'

  /// Keeps `keep` digits (may be 0 or negative), rounding half to even. Trailing zeros go.
  void round_to(int keep);
};

/// The fewest digits that read back as the same double; of these the nearest. The same on every platform:
/// std::to_chars would do natively but brings 100 kB of tables to the browser.
Decimal shortest_decimal(double finite_value);

}  // namespace rigwise
