#include "host/usage/log_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>

#include "core/base/text.h"
#include "host/files/files.h"
#include "host/usage/gzip_pieces.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr auto kEndings =
    std::to_array<std::string_view>({".jsonl", ".ndjson", ".json", ".csv", ".log", ".db", ".sqlite", ".sqlite3"});

constexpr std::string_view kDigits = "0123456789";

/// What log rotation puts behind a name: "server.log.2.gz", "server.log-20261101.gz" -> "server.log".
std::string_view without_rotation(std::string_view path) {
  if (path.ends_with(".gz")) path.remove_suffix(3);
  const std::size_t number = path.find_last_not_of(kDigits);
  const bool is_numbered = number != std::string_view::npos && number + 1 < path.size();
  return is_numbered && (path[number] == '.' || path[number] == '-') ? path.substr(0, number) : path;
}

bool may_be_log(std::string_view name) {
  const std::string_view path = without_rotation(name);
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

struct FileCloser {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using OpenFile = std::unique_ptr<std::FILE, FileCloser>;

Result<void> add_folder(const std::string& folder, std::vector<LogFile>& logs) {
  const Result<std::vector<std::string>> names = list_files(folder);
  if (!names) return fail(names.error());
  bool found = false;
  for (const std::string& name : *names) {
    if (!may_be_log(name)) continue;
    const std::string path = (fs::path(folder) / name).string();
    const Result<std::uint64_t> bytes = file_size(path);
    if (!bytes) return fail(bytes.error());
    logs.push_back({path, *bytes, false});
    found = true;
  }
  if (found) return {};
  return invalid("no log is in the folder", folder,
                 "a folder with " + join({kEndings.begin(), kEndings.end()}, ", ") + " files");
}

}  // namespace

Result<std::vector<LogFile>> find_logs(const std::vector<std::string>& paths) {
  std::vector<LogFile> all;
  for (const std::string& path : paths) {
    std::error_code fault;
    if (path == "-" || path.starts_with("postgresql://") || path.starts_with("postgres://")) {
      all.push_back({path, 0, true});
    } else if (fs::is_directory(path, fault)) {
      if (Result<void> added = add_folder(path, all); !added) return fail(added.error());
    } else {
      const Result<std::uint64_t> bytes = file_size(path);
      if (!bytes) return fail(bytes.error());
      all.push_back({path, *bytes, true});
    }
  }
  std::vector<LogFile> logs;
  std::set<std::string> seen;
  for (LogFile& log : all) {
    std::error_code fault;
    const fs::path real = fs::canonical(log.path, fault);
    if (seen.insert(fault ? log.path : real.string()).second) logs.push_back(std::move(log));
  }
  return logs;
}

Result<void> read_in_pieces(const std::string& path, const std::function<bool(std::string_view piece)>& take) {
  const OpenFile file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return fail({ErrorCode::io, std::strerror(errno), path, "a file that can be read", {}});
  std::string piece(kPieceBytes, '\0');
  std::optional<GzipPieces> packed;
  for (bool is_first = true;; is_first = false) {
    const std::size_t length = std::fread(piece.data(), 1, piece.size(), file.get());
    const std::string_view read = std::string_view(piece).substr(0, length);
    if (is_first && is_gzip(read)) packed.emplace(path);
    if (packed) {
      const Result<bool> goes_on = packed->feed(read, take);
      if (!goes_on) return fail(goes_on.error());
      if (!*goes_on) return {};
    } else if (length > 0 && !take(read)) {
      return {};
    }
    if (length == piece.size()) continue;
    if (std::ferror(file.get()) != 0)
      return fail({ErrorCode::io, std::strerror(errno), path, "a file that can be read", {}});
    return packed ? packed->finish() : Result<void>();
  }
}

bool is_sqlite_file(const std::string& path) {
  constexpr std::string_view kMark("SQLite format 3\0", 16);
  if (path == "-") return false;
  const Result<std::string> start = read_file_start(path, kMark.size());
  return start && *start == kMark;
}

}  // namespace rigwise
