#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// Words for numbers that responses carry, one way everywhere in the terminal.

/// "132 (118-149)" from an estimate object; "-" for null.
std::string say_estimate(const Json& estimate);
/// "132" with three significant digits; "-" for null.
std::string say_number(const Json& value, int digits = 3);
/// "4.92 GB" from bytes.
std::string say_gb(const Json& bytes);
/// "1.2 s", "85 ms".
std::string say_seconds(double seconds);
/// "131,072" from a token count.
std::string say_count(double count);
/// Text of a key, or "" when absent or null.
std::string text_of(const Json& object, const char* key);

}  // namespace rigwise
