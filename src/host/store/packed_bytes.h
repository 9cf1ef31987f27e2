#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace rigwise {

/// Bytes as the store keeps them: one zstd frame with a checksum. A higher `level` (to 19) takes longer and packs more.
std::string pack_bytes(std::string_view bytes, int level = 3);
/// Errors  bytes that are no frame, or that unpack to something else than they say, or to more than `largest`.
Result<std::string> unpack_bytes(std::string_view packed, std::size_t largest = std::size_t{1} << 30);

}  // namespace rigwise
