#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// The whole file. "-" is standard input. Errors quote the path and what the system says.
Result<std::string> read_file(const std::string& path);

/// At most the first `limit` bytes, for headers of files too large to read.
Result<std::string> read_file_start(const std::string& path, std::size_t limit);

/// Length in bytes.
Result<std::uint64_t> file_size(const std::string& path);

/// Makes a folder and those above it; one that is there is fine.
Result<void> make_folder(const std::string& path);

/// Writes beside the target, syncs, renames: readers see the old file or the new one, never half of it. A link's target
/// is replaced, not the link; devices and pipes are written through. The folder must exist.
Result<void> write_file_atomically(const std::string& path, std::string_view text);

/// Makes a file that is whole from its first moment on. False, and nothing is touched, where something has that name
/// already: a file, a folder, a link that leads nowhere. The folder must exist.
Result<bool> create_file(const std::string& path, std::string_view text);

/// As write_file_atomically() for what is too large to hold: `produce` is given a function that takes the next part.
/// What it refuses is not written at all.
using WritePart = std::function<Result<void>(std::string_view part)>;
Result<void> write_file_in_parts(const std::string& path, const std::function<Result<void>(const WritePart&)>& produce);

/// Every regular file below a folder, relative to it with '/' between the parts, in order of name. Hidden files and
/// folders are passed over; links to folders are not followed.
Result<std::vector<std::string>> list_files(const std::string& folder);

}  // namespace rigwise
