#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/kit_file.h"
#include "core/base/result.h"

namespace rigwise {

/// Where a kit says which files it wrote.
inline constexpr const char* kKitManifestPath = "manifest.json";

/// A file as a kit wrote it.
struct WrittenFile {
  std::string path;    ///< in the kit
  std::string sha256;  ///< of its content, 64 hex digits
};

/// The list of the files that are there so far, for a later kit in the same folder: what it no longer has and nobody
/// changed may go.
KitFile kit_manifest(const KitFiles& files);

/// Reads such a list. Errors name what is wrong with it.
Result<std::vector<WrittenFile>> read_kit_manifest(std::string_view text);

}  // namespace rigwise
