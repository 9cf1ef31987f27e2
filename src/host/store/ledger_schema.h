#pragma once

#include <string_view>
#include <vector>

#include "host/store/sql_database.h"

namespace rigwise {

/// A table and its columns, so that export, import and copy know all of them.
struct LedgerTable {
  std::string_view name;
  std::vector<std::string_view> key;
  std::vector<std::string_view> columns;  ///< key first
};
/// In an order in which rows may be inserted: what is referred to comes first.
const std::vector<LedgerTable>& ledger_tables();
/// The one table that is not among them: how much may be asked at this moment is no matter of another store's.
inline constexpr std::string_view kMomentaryTable = "rate";

inline constexpr int kLedgerVersion = 2;

/// Brings the tables to this program's version, step by step, each in a transaction with its number.
/// Errors  a store of a later version: an older program must not write to it; an older one that may only be read.
Result<void> migrate_ledger(SqlDatabase& database);

}  // namespace rigwise
