#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "host/serve/embedded_files.h"

namespace rigwise {

/// What became of a folder.
struct SiteWritten {
  int files = 0;
  std::uint64_t bytes = 0;
  std::string kept_as;  ///< where the folder's earlier content is, when it was not ours
};

/// Writes the files as a folder: beside it first, then in its place at once, so that nobody sees half of it.
/// An earlier site of ours is replaced; an empty folder too. Anything else is refused, or with `force` kept beside it
/// as FOLDER.before.
Result<SiteWritten> write_site(const std::string& folder, std::span<const EmbeddedFile> files, bool force);

}  // namespace rigwise
