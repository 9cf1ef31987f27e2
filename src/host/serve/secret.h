#pragma once

#include <string>
#include <string_view>

namespace rigwise {

/// The SHA-256 of a text: 32 bytes, or as hexadecimal or base64 digits.
std::string sha256(std::string_view text);
std::string sha256_hex(std::string_view text);
std::string sha256_base64(std::string_view text);

/// Whether two secrets are the same, in a time that tells nothing of either.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rigwise
