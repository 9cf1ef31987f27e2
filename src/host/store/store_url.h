#pragma once

#include <memory>
#include <string>

#include "host/store/ledger.h"

namespace rigwise {

/// Where this program keeps what it makes: rigwise below XDG_DATA_HOME or ~/.local/share.
std::string data_folder();

/// Where the ledger is when nobody says: RIGWISE_STORE, else rigwise/store.db below XDG_DATA_HOME or ~/.local/share.
std::string default_store();

/// Opens the database of a store, making a SQLite file and its folder where there is none.
/// Takes  "sqlite:PATH", a path, or "postgresql://..."; empty: default_store().
/// Errors  another scheme; what open_sqlite() and open_postgres() refuse.
Result<std::unique_ptr<SqlDatabase>> open_database(const std::string& url);

enum class IfMissing { make, refuse };
/// open_database() with its tables up to date.
/// Errors  with IfMissing::refuse, where there is none yet: a slip in its name must not look like an empty store.
Result<std::unique_ptr<Ledger>> open_store(const std::string& url, IfMissing if_missing = IfMissing::make);

/// The same for who only reads. A file that this user may not write is opened as it is, and stays as it is; any other
/// as open_store() does it, so that it is brought up to date and a run under way is heeded. Errors  as
/// IfMissing::refuse; an older version that may only be read.
Result<std::unique_ptr<Ledger>> open_store_to_read(const std::string& url);

/// Whether several machines may write to it: a database server's.
bool is_shared_store(const std::string& url);

/// A store's URL as it may be shown: without user and password.
std::string shown_store(const std::string& url);

}  // namespace rigwise
