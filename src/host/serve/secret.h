#pragma once

#include <string>
#include <string_view>

namespace rigwise {

/// The SHA-256 of a text in base64 digits, as a Content-Security-Policy names scripts.
std::string sha256_base64(std::string_view text);

/// Whether two secrets are the same, in a time that tells nothing of either.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace rigwise
