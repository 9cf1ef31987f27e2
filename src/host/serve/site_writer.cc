#include "host/serve/site_writer.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <system_error>
#include <vector>

#include "core/base/text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

/// Lists what we wrote, one path a line: a folder that holds nothing else is ours to replace.
constexpr const char* kList = ".rigwise-site";

Unexpected refuse(const std::string& doing, const std::string& path, const std::error_code& fault) {
  return fail({ErrorCode::io, "cannot " + doing + " \"" + path + "\": " + fault.message(), path, {}, {}});
}

enum class Holds { nothing, ours, others };

Holds holds(const fs::path& folder) {
  std::error_code fault;
  if (fs::symlink_status(folder, fault).type() == fs::file_type::not_found) return Holds::nothing;
  if (!fs::is_directory(folder, fault)) return Holds::others;
  if (fs::is_empty(folder, fault)) return Holds::nothing;
  const Result<std::string> list = read_file((folder / kList).string());
  if (!list) return Holds::others;
  std::set<std::string, std::less<>> known = {kList};
  for (const std::string_view line : split(*list, '\n')) known.emplace(line);
  for (const auto& entry : fs::recursive_directory_iterator(folder, fault)) {
    if (entry.is_directory(fault)) continue;
    if (!known.contains(entry.path().lexically_relative(folder).generic_string())) return Holds::others;
  }
  return fault ? Holds::others : Holds::ours;
}

Result<SiteWritten> fill(const fs::path& folder, std::span<const EmbeddedFile> files) {
  SiteWritten written;
  std::string list;
  for (const EmbeddedFile& file : files) {
    const fs::path path = folder / file.path;
    Result<void> made = make_folder(path.parent_path().string());
    if (made) made = write_file_atomically(path.string(), file.bytes);
    if (!made) return fail(made.error());
    ++written.files;
    written.bytes += file.bytes.size();
    list.append(file.path).append("\n");
  }
  const Result<void> listed = write_file_atomically((folder / kList).string(), list);
  if (!listed) return fail(listed.error());
  return written;
}

/// Puts `made` in the place of `target`; what was there is then at `made`.
std::error_code exchange(const fs::path& made, const fs::path& target) {
  if (renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return {errno, std::generic_category()};
  // A file system that cannot exchange: three renames, with a moment in which the name is free.
  const fs::path aside = made.string() + ".aside";
  std::error_code fault;
  fs::rename(target, aside, fault);
  if (!fault) fs::rename(made, target, fault);
  if (!fault) fs::rename(aside, made, fault);
  return fault;
}

std::error_code put_in_place(const fs::path& made, const fs::path& target, Holds held, const fs::path& kept) {
  std::error_code fault;
  if (fs::symlink_status(target, fault).type() == fs::file_type::not_found) {
    fs::rename(made, target, fault);
    return fault;
  }
  fault = exchange(made, target);
  if (fault) return fault;
  if (held == Holds::others) {
    fs::rename(made, kept, fault);
  } else {
    fs::remove_all(made, fault);
  }
  return fault;
}

}  // namespace

Result<SiteWritten> write_site(const std::string& folder, std::span<const EmbeddedFile> files, bool force) {
  fs::path target = fs::path(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "out/"
  const fs::path kept = target.string() + ".before";
  const Holds held = holds(target);
  if (held == Holds::others && !force) {
    return invalid("\"" + folder + "\" holds files that are not ours", folder,
                   "an empty or new folder; or --force, which keeps what is there as " + kept.string());
  }
  if (held == Holds::others && fs::exists(kept)) {
    return invalid("\"" + kept.string() + "\" is there already, so nothing can be kept under that name", folder,
                   "another folder, or move that one away");
  }
  const fs::path parent = target.has_parent_path() ? target.parent_path() : fs::path(".");
  const Result<void> has_parent = make_folder(parent.string());
  if (!has_parent) return fail(has_parent.error());
  std::string temporary = (parent / (target.filename().string() + ".XXXXXX")).string();
  if (::mkdtemp(temporary.data()) == nullptr) {
    return refuse("make a folder beside", folder, {errno, std::generic_category()});
  }
  Result<SiteWritten> written = fill(temporary, files);
  std::error_code fault;
  fs::permissions(temporary, fs::perms(0755), fault);
  if (written) {
    fault = put_in_place(temporary, target, held, kept);
    if (fault) written = refuse("write", folder, fault);
    if (!fault && held == Holds::others) written->kept_as = kept.string();
  }
  std::error_code ignored;
  if (!written) fs::remove_all(temporary, ignored);
  return written;
}

}  // namespace rigwise
