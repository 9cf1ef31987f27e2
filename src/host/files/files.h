#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// The whole file as bytes; io error with the path and the system's words otherwise.
Result<std::string> read_file(const std::string& path);

/// The first `limit` bytes of a file (all of it when shorter).
Result<std::string> read_file_start(const std::string& path, std::size_t limit);

/// Writes beside the target, syncs, renames: readers see the old file or the new one, never half of it.
Result<void> write_file_atomically(const std::string& path, std::string_view text);

/// Paths of all regular files below `folder`, relative to it, sorted, '/' as separator.
Result<std::vector<std::string>> list_files(const std::string& folder);

}  // namespace rigwise
