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

/// Writes a folder that appears whole: beside its place, then renamed. One that is there and not empty is refused;
/// `over` writes into it, each file whole, and leaves every other file as it is.
Result<void> write_folder(const std::string& folder, const std::vector<FolderFile>& files, bool over);

}  // namespace rigwise
