#pragma once

#include <string>

#include "host/store/ledger.h"

namespace rigwise {

/// The open cases as a CSV to fill in: correctness, completeness, quality, who and note are empty.
Result<std::string> reviews_csv(Ledger& ledger, const std::string& run);

struct ReviewsTaken {
  int decided = 0, left_open = 0;
};
/// Takes a filled-in CSV back; rows without grades stay open. Errors  a row that cannot be read, with its line; then
/// none has been taken.
Result<ReviewsTaken> take_reviews_csv(Ledger& ledger, const std::string& run, const std::string& csv,
                                      const std::string& file);

}  // namespace rigwise
