#include "host/store/store_url.h"

#include <cstdlib>
#include <filesystem>

#include "host/store/postgres_database.h"
#include "host/store/sqlite_database.h"

namespace rigwise {
namespace {

bool is_postgres(std::string_view url) { return url.starts_with("postgresql://") || url.starts_with("postgres://"); }

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string path_of(const std::string& url) {
  constexpr std::string_view kScheme = "sqlite:";
  return url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
}

Unexpected no_store(const std::string& url) {
  return fail({ErrorCode::not_found,
               "there is no store at \"" + shown_store(url) + "\"",
               "--store",
               "`rigwise store init` makes one, and so does `rigwise eval run`",
               {}});
}

bool names_a_file(const std::string& url) { return !is_postgres(url) && url.find("://") == std::string::npos; }

/// One that may be there, behind a folder that shows nothing, is for SQLite to name.
bool is_missing_file(const std::string& url) {
  std::error_code unknown;
  return names_a_file(url) && !std::filesystem::exists(path_of(url), unknown) && !unknown;
}

/// The ledger of a database. Errors say where it is.
Result<std::unique_ptr<Ledger>> opened(Result<std::unique_ptr<SqlDatabase>> database, const std::string& url) {
  if (!database) return fail(database.error());
  Result<std::unique_ptr<Ledger>> ledger = Ledger::open(std::move(*database));
  if (ledger || !ledger.error().where.empty()) return ledger;
  Error fault = ledger.error();
  fault.where = shown_store(url);
  return fail(std::move(fault));
}

/// Errors  a database without the tables of a store.
Result<std::unique_ptr<Ledger>> opened_if_made(Result<std::unique_ptr<SqlDatabase>> database, const std::string& url) {
  if (!database) return fail(database.error());
  const Result<int> version = (*database)->schema_version();
  if (!version) return fail(version.error());
  return *version == 0 ? Result<std::unique_ptr<Ledger>>(no_store(url)) : opened(std::move(database), url);
}

}  // namespace

bool is_shared_store(const std::string& url) { return is_postgres(url); }

std::string data_folder() {
  std::filesystem::path folder = variable("XDG_DATA_HOME");
  if (folder.empty()) {
    const std::string home = variable("HOME");
    folder = home.empty() ? std::filesystem::path(".") : std::filesystem::path(home) / ".local" / "share";
  }
  return (folder / "rigwise").string();
}

std::string default_store() {
  if (std::string url = variable("RIGWISE_STORE"); !url.empty()) return url;
  return (std::filesystem::path(data_folder()) / "store.db").string();
}

std::string shown_store(const std::string& url) {
  if (!is_postgres(url)) return url;
  // What stands before the last @ of the authority; a password may hold one itself.
  const std::size_t start = url.find("://") + 3, end = std::min(url.find('/', start), url.find('?', start));
  const std::size_t at = url.substr(0, end).rfind('@');
  std::string shown = at == std::string::npos || at < start ? url : url.substr(0, start) + url.substr(at + 1);
  // ?password=... says it too.
  return shown.substr(0, shown.find('?'));
}

Result<std::unique_ptr<SqlDatabase>> open_database(const std::string& url) {
  if (url.empty()) return open_database(default_store());
  if (is_postgres(url)) return open_postgres(url);
  const std::string path = path_of(url);
  if (path == url && url.find("://") != std::string::npos) {
    return invalid("a store cannot be at \"" + url.substr(0, url.find("://")) + "://\"", "--store",
                   "sqlite:PATH, a path, or postgresql://user@host/database");
  }
  if (path.empty()) return invalid("the store has no path", "--store", "sqlite:PATH");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code fault;
  if (!folder.empty()) std::filesystem::create_directories(folder, fault);
  if (fault)
    return fail({ErrorCode::io, "the store's folder cannot be made: " + fault.message(), folder.string(), "", {}});
  return open_sqlite(path);
}

Result<std::unique_ptr<Ledger>> open_store(const std::string& url, IfMissing if_missing) {
  const std::string where = url.empty() ? default_store() : url;
  if (if_missing == IfMissing::refuse && is_missing_file(where)) return no_store(where);
  Result<std::unique_ptr<SqlDatabase>> database = open_database(where);
  if (!database || if_missing == IfMissing::make) return opened(std::move(database), where);
  return opened_if_made(std::move(database), where);
}

Result<std::unique_ptr<Ledger>> open_store_to_read(const std::string& url) {
  const std::string where = url.empty() ? default_store() : url;
  const bool is_file = names_a_file(where) && !is_missing_file(where);
  const bool writable = !is_file || may_write_sqlite(path_of(where));
  Result<std::unique_ptr<Ledger>> ledger =
      writable ? open_store(where, IfMissing::refuse) : opened_if_made(open_sqlite_to_read(path_of(where)), where);
  // Items lie in order of their hashes, their attempts anywhere: with SQLite's 2 MB a large run is read from the file
  // again and again.
  constexpr const char* kReadersCache = "PRAGMA cache_size = -65536";
  if (ledger && is_file) {
    if (const auto set = (*ledger)->database().run(kReadersCache); !set) return fail(set.error());
  }
  return ledger;
}

}  // namespace rigwise
