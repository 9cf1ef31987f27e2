#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// The bytes behind a base64 text (RFC 4648, '+' and '/' or '-' and '_'; padding may be missing; white space is
/// skipped). A byte that belongs to neither alphabet, or an impossible length, is an error that says where it stands.
Result<std::string> decode_base64(std::string_view text);

/// RFC 4648 with padding.
std::string encode_base64(std::string_view bytes);

}  // namespace rigwise
