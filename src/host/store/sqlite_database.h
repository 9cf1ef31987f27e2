#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/store/sql_database.h"

namespace rigwise {

/// Opens a SQLite file with the settings that a ledger needs, and refuses to go on when one did not take: WAL,
/// synchronous FULL (power cuts), foreign keys, ten seconds of patience with other writers.
/// Errors  a file on a network file system, where SQLite's locks are not to be trusted; one that is no database; one
/// that this user may not write, or not write beside.
Result<std::unique_ptr<SqlDatabase>> open_sqlite(const std::string& path);

/// Opens a SQLite file to read it as it lies there: nothing is made or changed, neither the file nor what SQLite puts
/// beside one. Errors  no right to read it; answers in the log beside it that cannot be read without writing there.
Result<std::unique_ptr<SqlDatabase>> open_sqlite_to_read(const std::string& path);

/// Whether this user may write a SQLite file, and beside it, as SQLite must while it is open. True where there is none.
bool may_write_sqlite(const std::string& path);

/// A PRAGMA and what it must answer on every connection.
const std::vector<std::pair<std::string, std::string>>& sqlite_pragmas();

/// Whether statfs() says that files lie on another machine.
bool is_network_filesystem(std::uint64_t filesystem_type);

}  // namespace rigwise
