#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "host/store/ledger.h"

namespace rigwise {

/// What does not add up in a ledger; empty: nothing. Asks the database of its own health, unpacks and hashes every
/// blob, and looks whether chosen attempts exist, money is the sum of its attempts, and no text looks like a key.
Result<std::vector<std::string>> ledger_faults(Ledger& ledger);

/// The whole ledger as JSON lines: a head, one line a row in an order in which they can be read back, and an end with
/// the number of rows and the SHA-256 of all lines before it. The same ledger gives the same lines. They are one state
/// of the store, as it is when this begins, whatever others write meanwhile.
Result<void> export_ledger(Ledger& ledger, const std::function<Result<void>(std::string_view line)>& write);

struct Imported {
  std::int64_t added = 0, known = 0;
};
/// Takes lines of an export in. Content decides what is the same: importing twice adds nothing; an item that another
/// store has an answer for takes it; attempts of both stores stand side by side. Leases do not travel: what was under
/// way elsewhere is planned, or in doubt when it was sent. Errors  a line that cannot be read, with its number;
/// lines that are not what the end says, or no end: a file that was cut. Then nothing has been taken in.
Result<Imported> import_ledger(Ledger& ledger, const std::function<bool(std::string& line)>& next);

/// Something that looks like a secret: "sk-..." and the like, or a bearer token.
bool looks_like_a_key(std::string_view text);

}  // namespace rigwise
