#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "host/store/ledger_for_tests.h"

namespace rigwise {

/// A real PostgreSQL of our own: files in a temporary folder, a socket there and no network, gone when the process is.
/// PostgreSQL refuses to run as root, so for root it runs as the user "postgres".
class ThrowawayPostgres {
 public:
  /// The one of this process; started when it is first asked for. Dies with words where PostgreSQL is not installed.
  static ThrowawayPostgres& instance();
  ~ThrowawayPostgres();
  ThrowawayPostgres(const ThrowawayPostgres&) = delete;
  ThrowawayPostgres& operator=(const ThrowawayPostgres&) = delete;

  std::string url(const std::string& database) const;
  /// Makes an empty database and gives its URL.
  std::string new_database();
  /// Cuts every connection to a database.
  void cut_connections(const std::string& url);
  /// Stops the server as kill -9 does, and starts it again.
  void crash_and_restart();

 private:
  ThrowawayPostgres();
  void start();
  pid_t spawn(const std::vector<std::string>& command) const;
  void await_ready() const;

  std::filesystem::path binaries_, folder_;
  uid_t user_ = 0;
  gid_t group_ = 0;
  pid_t server_ = 0, owner_ = 0;
  int databases_ = 0;
};

/// A database of it.
class PostgresStore final : public StoreForTests {
 public:
  PostgresStore() : url_(ThrowawayPostgres::instance().new_database()) {}
  Result<std::unique_ptr<SqlDatabase>> connect() override;
  const std::string& url() const { return url_; }

 private:
  std::string url_;
};

}  // namespace rigwise
