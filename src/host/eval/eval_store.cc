#include "host/eval/eval_store.h"

#include <cstdlib>
#include <filesystem>

#include "host/files/files.h"
#include "host/store/sqlite_database.h"

namespace rigwise {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<std::string> path_of(const std::string& url) {
  const std::string where = url.empty() ? default_eval_store() : url;
  if (where.find("://") != std::string::npos)
    return invalid("a store cannot be at \"" + where.substr(0, where.find("://")) + "://\"", "--store", "sqlite:PATH");
  std::string path = where.starts_with(kSqlite) ? where.substr(kSqlite.size()) : where;
  if (path.empty()) return invalid("the store has no path", "--store", "sqlite:PATH");
  return path;
}

}  // namespace

std::string default_eval_store() {
  if (std::string url = variable("RIGWISE_STORE"); !url.empty()) return url;
  std::filesystem::path folder = variable("XDG_DATA_HOME");
  if (folder.empty()) {
    const std::string home = variable("HOME");
    folder = home.empty() ? std::filesystem::path(".") : std::filesystem::path(home) / ".local" / "share";
  }
  return (folder / "rigwise" / "store.db").string();
}

bool eval_store_exists(const std::string& url) {
  const Result<std::string> path = path_of(url);
  return path && std::filesystem::exists(*path);
}

Result<std::unique_ptr<Ledger>> open_eval_store(const std::string& url) {
  const Result<std::string> path = path_of(url);
  if (!path) return fail(path.error());
  const std::string folder = std::filesystem::path(*path).parent_path().string();
  if (!folder.empty()) {
    if (const Result<void> made = make_folder(folder); !made) return fail(made.error());
  }
  Result<std::unique_ptr<SqlDatabase>> database = open_sqlite(*path);
  if (!database) return fail(database.error());
  return Ledger::open(std::move(*database));
}

}  // namespace rigwise
