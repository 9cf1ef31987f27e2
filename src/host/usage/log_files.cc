#include "host/usage/log_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>

#include "core/base/text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr auto kEndings =
    std::to_array<std::string_view>({".jsonl", ".ndjson", ".json", ".csv", ".log", ".db", ".sqlite", ".sqlite3"});

bool may_be_log(std::string_view path) {
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
  constexpr std::size_t kPiece = 1u << 20;
  std::string piece(kPiece, '\0');
  for (;;) {
    const std::size_t length = std::fread(piece.data(), 1, piece.size(), file.get());
    if (length > 0 && !take(std::string_view(piece).substr(0, length))) return {};
    if (length == piece.size()) continue;
    if (std::ferror(file.get()) != 0)
      return fail({ErrorCode::io, std::strerror(errno), path, "a file that can be read", {}});
    return {};
  }
}

bool is_sqlite_file(const std::string& path) {
  constexpr std::string_view kMark("SQLite format 3\0", 16);
  if (path == "-") return false;
  const Result<std::string> start = read_file_start(path, kMark.size());
  return start && *start == kMark;
}

}  // namespace rigwise
