#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// One figure of a printed cell: "~4,300", "25-30", "8.2K", "200+", or the word yes or no.
struct PrintedFigure {
  double low = 0, high = 0;  ///< equal unless a range; 1 or 0 for yes and no
  double step = 1;           ///< what one more in the last printed digit is worth
  int decimals = 0;
  double scale = 1;                ///< 1000 with a K
  bool about = false;              ///< "~" or "est."
  bool at_least = false;           ///< "200+"
  bool is_truth = false;           ///< yes or no
  std::size_t begin = 0, end = 0;  ///< in the text, sign and K included

  bool is_range() const { return high > low; }
  double middle() const { return (low + high) / 2; }
};

/// The figures of a cell in the order in which they stand. Digits that belong to a word ("Q4_K_M", "GPT-OSS-120B",
/// "M5") are none; "70B" and "128GB" are 70 and 128. A cell that begins with yes, no or "doesn't fit" begins with a
/// truth.
std::vector<PrintedFigure> printed_figures(std::string_view text);

/// Significant digits of a value made of records, and of one made of predictions.
constexpr int kExactDigits = 4, kPredictedDigits = 2;

/// Whether a value is the printed figure as far as its rounding tells.
///
///     |value - printed| <= step / 2; with "~" <= max(step / 2, 5 % of the printed)
///
/// Takes  a figure and our value in the same unit. A range holds what lies in it; "200+" holds what is not below.
bool agrees(const PrintedFigure& figure, double value);
/// The same for both ends of a range.
bool agrees(const PrintedFigure& figure, double low, double high);

/// The printed text with our values in place of its figures (as many as there are), to the printed number of digits
/// where that suffices to show what differs. Two values in place of a single range are its ends. One that differs has
/// at most `digits` significant digits, unless only more of them show the difference.
std::string with_values(std::string_view text, const std::vector<std::optional<double>>& values,
                        int digits = kExactDigits);

/// "12,910", "2.683": at most `digits` significant digits below a thousand, no digit of the whole part lost.
std::string grouped(double value, int digits);

}  // namespace rigwise
