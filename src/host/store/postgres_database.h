#pragma once

#include <memory>
#include <string>

#include "host/store/sql_database.h"

namespace rigwise {

/// Connects to PostgreSQL by a libpq URL, "postgresql://user@host/database"; the password comes from it, PGPASSWORD,
/// or ~/.pgpass, and never stands in a message. To another machine TLS is required unless the URL names an sslmode.
///
/// A connection that goes is made again, with a minute of patience. Statements outside a transaction are then repeated;
/// a transaction is not, but should_repeat() says that it ought to be.
/// Errors  a URL that cannot be read (the parameter is named); a server that cannot be reached or lets us not in.
Result<std::unique_ptr<SqlDatabase>> open_postgres(const std::string& url);

}  // namespace rigwise
