#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// One word of a claim. White space, commas, brackets, hyphens, slashes and the like separate words, because names
/// compare without them anyway ("RTX-4090", "Q4_K_M", "tok/s").
struct ClaimWord {
  std::string_view text;         ///< as written
  std::string lower;             ///< ASCII lower case
  char joint = ' ';              ///< what stood before it: ' ' '-' '/' '@' '=' '(' ',' ';'
  std::optional<double> number;  ///< the number it begins with ("25", "16gb", "1,792", "240+")
  std::string unit;              ///< the letters behind that number: "gb", "b", "tok", "x"
  bool negative = false;         ///< a minus sign stands right before the number ("at -5 tok/s")
  bool taken = false;            ///< already understood
};

/// A figure, or the range that a text gives ("25-30"). A single figure has low == high.
struct ClaimRange {
  double low = 0, high = 0;
};

/// Cuts text into words. UTF-8 signs for "about", "times" and dashes are read as their ASCII kin.
std::vector<ClaimWord> claim_words(std::string_view text);

/// A figure that ends at `last`, with its range if another number and a dash or "to" stand before it.
/// `first` becomes the index of the first word used.
std::optional<ClaimRange> range_ending_at(const std::vector<ClaimWord>& words, std::size_t last, std::size_t& first);

/// The text from the first to the last word given, as written.
std::string_view claim_stretch(const std::vector<ClaimWord>& words, std::size_t first, std::size_t last);

}  // namespace rigwise
