#include "host/files/folder.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

Error cannot(const std::string& what, const fs::path& path, const std::error_code& code) {
  return {ErrorCode::io, "cannot " + what + " " + path.string() + ": " + code.message(), path.string(), "", {}};
}

bool leads_out(const std::string& path) {
  if (path.empty() || path.front() == '/') return true;
  const fs::path parts(path);
  for (const fs::path& part : parts) {
    if (part == "..") return true;
  }
  return false;
}

Result<void> write_into(const fs::path& folder, const std::vector<FolderFile>& files) {
  for (const FolderFile& file : files) {
    if (leads_out(file.path))
      return invalid("\"" + file.path + "\" leads out of the folder", "path", "a path below it");
    const fs::path path = folder / file.path;
    if (Result<void> made = make_folder(path.parent_path().string()); !made) return made;
    if (Result<void> written = write_file_atomically(path.string(), file.text); !written) return written;
    std::error_code code;
    fs::permissions(path, static_cast<fs::perms>(file.executable ? 0755 : 0644), code);
    if (code) return fail(cannot("set the mode of", path, code));
  }
  return {};
}

}  // namespace

Result<void> write_folder(const std::string& folder, const std::vector<FolderFile>& files, bool over) {
  fs::path target = fs::path(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  std::error_code code;
  const bool is_there = fs::exists(target, code);
  if (is_there && !fs::is_directory(target, code)) {
    return fail({ErrorCode::io, target.string() + " is a file", target.string(), "a folder", {}});
  }
  if (is_there && !fs::is_empty(target, code)) {
    if (!over) {
      return fail({ErrorCode::invalid_input,
                   target.string() + " is not empty",
                   target.string(),
                   "another folder, or --force to write over what is there",
                   {}});
    }
    return write_into(target, files);
  }
  if (target.has_parent_path()) {
    if (Result<void> made = make_folder(target.parent_path().string()); !made) return made;
  }
  const fs::path beside =
      target.parent_path() / ("." + target.filename().string() + ".new-" + std::to_string(getpid()));
  if (Result<void> made = make_folder(beside.string()); !made) return made;
  Result<void> written = write_into(beside, files);
  if (written) {
    fs::rename(beside, target, code);
    if (!code) return {};
    written = fail(cannot("make", target, code));
  }
  std::error_code ignored;
  fs::remove_all(beside, ignored);
  return written;
}

}  // namespace rigwise
