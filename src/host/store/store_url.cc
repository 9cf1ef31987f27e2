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
  if (if_missing == IfMissing::refuse && !is_postgres(where) && where.find("://") == std::string::npos &&
      !std::filesystem::exists(path_of(where))) {
    return no_store(where);
  }
  Result<std::unique_ptr<SqlDatabase>> database = open_database(where);
  if (!database) return fail(database.error());
  if (if_missing == IfMissing::refuse) {
    const Result<int> version = (*database)->schema_version();
    if (!version) return fail(version.error());
    if (*version == 0) return no_store(where);
  }
  return Ledger::open(std::move(*database));
}

}  // namespace rigwise
