#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/eval_task_files.h"
#include "core/base/result.h"

namespace rigwise {

/// The tasks that travel in the binary (cmake/task_bundle.cmake), so that an installed program needs no repository.
/// What lies below tasks/ when it is built, packed, but for the pages for people.

/// Bytes by path below tasks/, with '/' between the parts.
using BundledFiles = std::map<std::string, std::string, std::less<>>;

/// The name that stands for them where a folder of tasks is asked for.
inline constexpr std::string_view kBundledTasks = "bundled";

/// One packed text: a line with the version; then for each file a line with its size and path, and its bytes.
std::string write_task_bundle(const BundledFiles& files);
/// Errors  bytes that are no bundle, or one of another version.
Result<BundledFiles> read_task_bundle(std::string_view packed);

/// The bundle of this binary, unpacked when first asked for.
const BundledFiles& bundled_files();

/// The tasks among a bundle's files, in order of id; each as it would be read from its folder.
std::vector<TaskFiles> task_files_of(const BundledFiles& files);

}  // namespace rigwise
