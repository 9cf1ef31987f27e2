#include "host/files/folder.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "codec/sha256.h"
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

/// Lets everybody read a folder and those between it and a file below.
Result<void> open_folders(const fs::path& folder, const fs::path& file) {
  for (fs::path at = file.parent_path();; at = at.parent_path()) {
    std::error_code code;
    fs::permissions(at, static_cast<fs::perms>(0755), code);
    if (code) return fail(cannot("set the mode of", at, code));
    if (at == folder || at.empty()) return {};
  }
}

/// Whether every step from the folder to the file is a folder, and the file a file: no link on the way.
bool is_plain_below(const fs::path& folder, const std::string& path) {
  fs::path at = folder;
  std::error_code code;
  const fs::path below(path);
  for (const fs::path& part : below.parent_path()) {
    at /= part;
    if (fs::symlink_status(at, code).type() != fs::file_type::directory) return false;
  }
  return fs::symlink_status(folder / below, code).type() == fs::file_type::regular;
}

void remove_empty_folders(const fs::path& folder, const fs::path& file) {
  std::error_code code;
  for (fs::path at = file.parent_path(); at != folder && !at.empty(); at = at.parent_path()) {
    // A folder that holds something stays: removing it fails.
    if (!fs::remove(at, code)) return;
  }
}

Result<void> write_into(const fs::path& folder, const std::vector<FolderFile>& files) {
  for (const FolderFile& file : files) {
    if (leads_out(file.path))
      return invalid("\"" + file.path + "\" leads out of the folder", "path", "a path below it");
    const fs::path path = folder / file.path;
    if (Result<void> made = make_folder(path.parent_path().string()); !made) return made;
    if (Result<void> opened = open_folders(folder, path); !opened) return opened;
    if (Result<void> written = write_file_atomically(path.string(), file.text); !written) return written;
    std::error_code code;
    fs::permissions(path, static_cast<fs::perms>(file.executable ? 0755 : 0644), code);
    if (code) return fail(cannot("set the mode of", path, code));
  }
  return {};
}

}  // namespace

Result<RemovedFiles> remove_unchanged(const std::string& folder, const std::vector<RememberedFile>& files) {
  RemovedFiles done;
  const fs::path base = fs::path(folder).lexically_normal();
  for (const RememberedFile& file : files) {
    if (leads_out(file.path))
      return invalid("\"" + file.path + "\" leads out of the folder", "path", "a path below it");
    const fs::path path = base / file.path;
    std::error_code code;
    if (fs::symlink_status(path, code).type() == fs::file_type::not_found) continue;
    if (!is_plain_below(base, file.path)) {
      done.kept.push_back(file.path);
      continue;
    }
    const Result<std::string> text = read_file(path.string());
    if (!text) return fail(text.error());
    if (sha256_hex(*text) != file.sha256) {
      done.kept.push_back(file.path);
      continue;
    }
    fs::remove(path, code);
    if (code) return fail(cannot("remove", path, code));
    remove_empty_folders(base, path);
    done.removed.push_back(file.path);
  }
  return done;
}

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
