#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// A file to be written below a folder.
struct FolderFile {
  std::string path;  ///< '/' between the parts; nothing that leads out of the folder
  std::string text;
  bool executable = false;
};

/// A file as somebody remembers to have written it.
struct RememberedFile {
  std::string path;    ///< '/' between the parts
  std::string sha256;  ///< 64 hex digits
};

/// What became of remembered files: paths, in order.
struct RemovedFiles {
  std::vector<std::string> removed;
  std::vector<std::string> kept;  ///< changed since, or no file any more
};

/// Removes of a folder the remembered files whose content is still the same, and the folders below it that are empty
/// then. One that changed stays, and so does what a link or a folder took the place of; one that is gone is not named.
Result<RemovedFiles> remove_unchanged(const std::string& folder, const std::vector<RememberedFile>& files);

/// Writes a folder that appears whole: beside its place, then renamed. One that is there and not empty is refused;
/// `over` writes into it, each file whole, and leaves every other file as it is. Files are readable for everybody
/// (0644, 0755) and so are the folders, whatever the umask: services with users of their own read them.
Result<void> write_folder(const std::string& folder, const std::vector<FolderFile>& files, bool over);

}  // namespace rigwise
