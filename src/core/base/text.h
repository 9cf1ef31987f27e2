#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// A number for people: `digits` significant digits, no exponent between 1e-4 and 1e15, no trailing zeros,
/// '.' as the decimal sign whatever the locale. The one printer of shown numbers for terminal, page and files.
/// Gives "12.3" for (12.345, 3), "1230" for (1234.5, 3), "0.00123" for (0.0012345, 3).
/// Like fixed(), rounds the decimal that shortest() prints, half to even; "nan", "inf" and "-inf" as such.
std::string significant(double value, int digits = 3);

/// `value` with exactly `decimals` digits after the point, rounded half to even. What is rounded is the decimal a
/// person sees, not the binary fraction behind it: (2.675, 2) gives "2.68". Never "-0.00".
std::string fixed(double value, int decimals);

/// The shortest text that reads back as the same double (JSON, CSV), laid out as JavaScript does.
std::string shortest(double value);

/// Reads a whole decimal number; rejects trailing text, empty text, nan and inf.
Result<double> parse_number(std::string_view text);

/// Names compare after folding: lower case, and only letters, digits, '.' and '+' kept; bytes beyond ASCII stay.
/// "RTX 4090", "rtx-4090" and "RTX_4090" fold to "rtx4090".
std::string fold_name(std::string_view name);

/// The `n` candidates nearest to `wanted` (folded edit distance, shared words first), best first; never the far ones.
std::vector<std::string> nearest_names(std::string_view wanted, const std::vector<std::string>& candidates,
                                       std::size_t n = 3);

/// Whether the words of `part` stand in `name` one after another, whole: "h100" and "m3 ultra" do in "Mac Studio M3
/// Ultra" and "H100 80GB"; a number is a word of its own, so that "409" does not stand in "RTX 4090".
bool has_words(std::string_view name, std::string_view part);

/// Without white space at both ends.
std::string_view trim(std::string_view text);
/// The pieces between separators; one empty piece for empty text.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// ASCII letters only.
std::string lower(std::string_view text);

/// At most `width` characters of UTF-8 text; an ellipsis stands for what was cut. Of things joined by " + " the longest
/// give way first, so that each can still be told: "RTX PRO 6000… + RTX 4090".
std::string cut_to_width(std::string_view text, std::size_t width);

}  // namespace rigwise
