#include "host/store/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>

namespace rigwise {
namespace {

constexpr int kPatience_ms = 10'000;

Unexpected store_fault(std::string message, const std::string& where, std::string try_this = {}) {
  return fail({ErrorCode::io, std::move(message), where, std::move(try_this), {}});
}

Unexpected only_read(const std::string& path) {
  return store_fault("the store may only be read, and this would write it", path,
                     "the right to write the file and its folder; or a copy: rigwise store copy " + path + " COPY.db");
}

/// For this process as it is, not for whoever started it.
bool may(const std::string& path, int right) { return ::faccessat(AT_FDCWD, path.c_str(), right, AT_EACCESS) == 0; }

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

bool begins_as_sqlite(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::array<char, kMagic.size()> start{};
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t got = ::read(file, start.data(), start.size());
  ::close(file);
  return got == static_cast<ssize_t>(start.size()) && std::string_view(start.data(), start.size()) == kMagic;
}

/// The path as SQLite's URIs say it.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : std::filesystem::absolute(path).string()) {
    if (c != '%' && c != '?' && c != '#') {
      uri += c;
      continue;
    }
    uri += '%';
    uri += kDigits[static_cast<unsigned char>(c) >> 4];
    uri += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return uri;
}

/// A prepared statement that is ready again when its use ends.
class StatementUse {
 public:
  explicit StatementUse(sqlite3_stmt* statement) : statement_(statement) {}
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  ~StatementUse() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

struct StatementCloser {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementCloser>;

void bind_value(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    sqlite3_bind_int64(statement, index, *number);
  } else if (const auto* real = std::get_if<double>(&value)) {
    sqlite3_bind_double(statement, index, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* blob = std::get_if<SqlBytes>(&value)) {
    sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(statement, index);
  }
}

SqlValue column_value(sqlite3_stmt* statement, int column) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, column)); };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, size());
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return bytes == nullptr ? SqlBytes{} : SqlBytes{std::string(bytes, size())};
    }
    default: return {};
  }
}

class SqliteDatabase final : public SqlDatabase {
 public:
  SqliteDatabase(sqlite3* handle, std::string path, bool is_read_only = false)
      : handle_(handle), path_(std::move(path)), is_read_only_(is_read_only) {}
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  ~SqliteDatabase() override {
    statements_.clear();
    sqlite3_close_v2(handle_);
  }

  Result<SqlRows> run(std::string_view text, const std::vector<SqlValue>& parameters) override {
    const Result<sqlite3_stmt*> prepared = prepare(text);
    if (!prepared) return fail(prepared.error());
    sqlite3_stmt* statement = *prepared;
    const StatementUse use(statement);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const std::string name = "$" + std::to_string(i + 1);
      const int index = sqlite3_bind_parameter_index(statement, name.c_str());
      if (index > 0) bind_value(statement, index, parameters[i]);
    }
    SqlRows rows;
    for (;;) {
      const int step = sqlite3_step(statement);
      if (step == SQLITE_DONE) return rows;
      if (step != SQLITE_ROW) return fault(text);
      std::vector<SqlValue> values;
      const int columns = sqlite3_column_count(statement);
      values.reserve(static_cast<std::size_t>(columns));
      for (int column = 0; column < columns; ++column) values.push_back(column_value(statement, column));
      rows.emplace_back(std::move(values));
    }
  }

  bool is_read_only() const override { return is_read_only_; }

  // IMMEDIATE: a transaction that reads first and writes later could find the write refused and nothing to wait for.
  Result<void> begin() override { return plain("BEGIN IMMEDIATE"); }
  // What a transaction sees is settled by its first read.
  Result<void> begin_reading() override {
    if (Result<void> begun = plain("BEGIN"); !begun) return begun;
    const Result<SqlRows> first = run("SELECT COUNT(*) FROM sqlite_master", {});
    if (first) return {};
    (void)rollback();
    return fail(first.error());
  }
  Result<void> commit() override { return plain("COMMIT"); }
  Result<void> rollback() override { return plain("ROLLBACK"); }

  Result<int> schema_version() override {
    const Result<SqlRows> rows = run("PRAGMA user_version", {});
    if (!rows) return fail(rows.error());
    return static_cast<int>(rows->at(0).integer(0));
  }
  Result<void> set_schema_version(int version) override {
    return plain("PRAGMA user_version = " + std::to_string(version));
  }
  std::string_view skip_locked() const override { return ""; }
  Result<std::int64_t> now_ms() override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  Result<std::vector<std::string>> integrity_faults() override {
    std::vector<std::string> faults;
    for (const char* pragma : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"}) {
      const Result<SqlRows> rows = run(pragma, {});
      if (!rows) return fail(rows.error());
      for (const SqlRow& row : *rows) {
        if (row.text(0) != "ok") faults.push_back(row.text(0) + (row.size() > 2 ? " refers to " + row.text(2) : ""));
      }
    }
    return faults;
  }

  Result<void> check_pragmas() {
    for (const auto& [pragma, wanted] : sqlite_pragmas()) {
      const Result<SqlRows> rows = run("PRAGMA " + pragma, {});
      if (!rows) return fail(rows.error());
      const auto number = rows->at(0).maybe_integer(0);
      const std::string got = number ? std::to_string(*number) : rows->at(0).text(0);
      if (got != wanted) return store_fault("PRAGMA " + pragma + " is " + got + " and not " + wanted, path_);
    }
    return {};
  }

 private:
  Result<void> plain(const std::string& text) {
    const Result<SqlRows> rows = run(text, {});
    if (!rows) return fail(rows.error());
    return {};
  }

  Result<sqlite3_stmt*> prepare(std::string_view text) {
    const auto known = statements_.find(text);
    if (known != statements_.end()) return known->second.get();
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) return fault(text);
    return statements_.emplace(std::string(text), Statement(statement)).first->second.get();
  }

  Unexpected fault(std::string_view text) const {
    const int code = sqlite3_errcode(handle_) & 0xFF;
    const std::string message = sqlite3_errmsg(handle_);
    if (code == SQLITE_CONSTRAINT) {
      return fail({ErrorCode::internal, message + " in: " + std::string(text.substr(0, 80)), path_, "", {}});
    }
    if (code == SQLITE_FULL) return store_fault("the disk is full", path_, "room, then the same command again");
    if (code == SQLITE_BUSY) return store_fault("another program has held the store for ten seconds", path_);
    if (code == SQLITE_READONLY) return only_read(path_);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) return damaged(message);
    if (code == SQLITE_ERROR) return fail({ErrorCode::internal, message + " in: " + std::string(text), path_, "", {}});
    return store_fault(message, path_);
  }

  /// A store that has gone bad is the world's fault, a file that never was one the user's.
  Unexpected damaged(const std::string& message) const {
    if (!begins_as_sqlite(path_)) {
      return fail({ErrorCode::corrupt_data, "this is no store: " + message, path_, "the file of a store", {}});
    }
    return store_fault("the store is damaged: " + message, path_,
                       "a copy of it from before; or what can be saved of it, into a new file: sqlite3 " + path_ +
                           " .recover | sqlite3 saved.db");
  }

  sqlite3* handle_;
  std::string path_;
  bool is_read_only_ = false;
  std::map<std::string, Statement, std::less<>> statements_;
};

Result<void> check_filesystem(const std::string& path) {
  struct statfs found{};
  if (statfs(folder_of(path).c_str(), &found) != 0) {
    return store_fault("the folder of the store cannot be read", path, "a folder that exists");
  }
  if (!is_network_filesystem(static_cast<std::uint64_t>(found.f_type))) return {};
  return invalid("a store on a network file system loses data: locks do not reach other machines", path,
                 "a local disk, or postgresql:// for several machines");
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& sqlite_pragmas() {
  static const std::vector<std::pair<std::string, std::string>> kPragmas = {
      {"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "10000"}};
  return kPragmas;
}

bool is_network_filesystem(std::uint64_t filesystem_type) {
  // NFS, SMB, CIFS, SMB2, AFS, Coda, Ceph, 9P (WSL's view of Windows), Lustre, GPFS, OCFS2.
  constexpr std::array<std::uint64_t, 11> kNetworks = {0x6969,     0x517B,     0xFF534D42, 0xFE534D42,
                                                       0x5346414F, 0x73757245, 0x00C36400, 0x01021997,
                                                       0x0BD00BD0, 0x47504653, 0x7461636F};
  const std::uint64_t type = filesystem_type & 0xFFFFFFFF;
  return std::find(kNetworks.begin(), kNetworks.end(), type) != kNetworks.end();
}

bool may_write_sqlite(const std::string& path) {
  if (!may(path, F_OK)) return errno == ENOENT;
  return may(path, W_OK) && may(folder_of(path), W_OK | X_OK);
}

Result<std::unique_ptr<SqlDatabase>> open_sqlite_to_read(const std::string& path) {
  if (!may(path, R_OK)) return store_fault("the store may not be read", path, "its owner, or a copy that is yours");
  // Without a log beside it the file is all there is, and SQLite may take it for unchanging: else it would want to make
  // files beside it. With one it has to look there, and to heed its locks.
  std::error_code none;
  const std::string log = path + "-wal";
  const std::uintmax_t log_bytes = std::filesystem::file_size(log, none);
  const bool has_log = !none && log_bytes > 0;
  if (has_log) {
    if (const Result<void> local = check_filesystem(path); !local) return fail(local.error());
  }
  sqlite3* handle = nullptr;
  const std::string uri = uri_of(path) + (has_log ? "?mode=ro" : "?mode=ro&immutable=1");
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  auto database = std::make_unique<SqliteDatabase>(handle, path, true);
  if (code != SQLITE_OK) return store_fault(handle == nullptr ? "out of memory" : sqlite3_errmsg(handle), path);
  sqlite3_busy_timeout(handle, kPatience_ms);
  const Result<SqlRows> looked = database->run("SELECT 1 FROM sqlite_master LIMIT 1", {});
  if (looked) return std::unique_ptr<SqlDatabase>(std::move(database));
  if (!has_log || (sqlite3_errcode(handle) & 0xFF) != SQLITE_CANTOPEN) return fail(looked.error());
  return store_fault("what was written last stands in " + log + ", and cannot be read without writing beside it", path,
                     "a copy of both files in a folder of yours");
}

Result<std::unique_ptr<SqlDatabase>> open_sqlite(const std::string& path) {
  if (const Result<void> local = check_filesystem(path); !local) return fail(local.error());
  if (!may_write_sqlite(path)) return only_read(path);
  // What people wrote into their prompts is theirs alone; the files beside it take this file's mode.
  constexpr mode_t kOwnerOnly = 0600;
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kOwnerOnly);
  if (made >= 0) ::close(made);
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  auto database = std::make_unique<SqliteDatabase>(handle, path);
  if (code != SQLITE_OK) {
    return store_fault(handle == nullptr ? "out of memory" : sqlite3_errmsg(handle), path,
                       "a folder that may be written");
  }
  for (const char* pragma : {"PRAGMA busy_timeout = 10000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                             "PRAGMA foreign_keys = ON"}) {
    const Result<SqlRows> set = database->run(pragma, {});
    if (!set) return fail(set.error());
  }
  if (const Result<void> checked = database->check_pragmas(); !checked) return fail(checked.error());
  return std::unique_ptr<SqlDatabase>(std::move(database));
}

}  // namespace rigwise
