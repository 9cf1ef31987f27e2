#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// A log as it lies on this machine.
struct LogFile {
  std::string path;
  std::uint64_t bytes = 0;
  bool was_named = true;  ///< false: found in a folder that was
};

/// The logs that arguments name: files as they are, folders with every .jsonl, .json, .csv, .log, .db and .sqlite file
/// below them, in order of name, rotated and packed ones too (server.log.2.gz, server.log-20261101.gz); a file named
/// twice counts once. "-" is standard input.
/// Errors  a path that is not there; a folder without such a file.
Result<std::vector<LogFile>> find_logs(const std::vector<std::string>& paths);

/// Hands a file over piece by piece, at most a megabyte at once, until `take` gives false. What gzip packed, by its
/// first bytes, is handed over unpacked, all its members one after the other.
/// Errors  a file that cannot be read; one whose packed content is damaged or cut (corrupt_data), after what could be
///         unpacked was handed over.
Result<void> read_in_pieces(const std::string& path, const std::function<bool(std::string_view piece)>& take);

/// Whether a file is a SQLite database, by its first bytes.
bool is_sqlite_file(const std::string& path);

/// Hands over each row of the table `chat` of Open WebUI's database as a JSON text {"id", "chat", "created_at"}. The
/// file is opened for reading only and never altered.
/// Errors  a database without such a table; one that is locked or broken.
Result<void> read_open_webui_database(const std::string& path, const std::function<bool(std::string_view row)>& take);

/// The same for the rows of LiteLLM's table of spend logs in PostgreSQL, by "postgresql://...", some thousand at once.
Result<void> read_litellm_database(const std::string& url, const std::function<bool(std::string_view row)>& take);

}  // namespace rigwise
