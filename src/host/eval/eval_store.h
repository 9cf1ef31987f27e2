#pragma once

#include <memory>
#include <string>

#include "host/store/ledger.h"

namespace rigwise {

/// Where evaluations are kept when nobody says: RIGWISE_STORE, else rigwise/store.db below XDG_DATA_HOME or
/// ~/.local/share.
std::string default_eval_store();

/// The ledger of a store: "sqlite:PATH" or a path; empty: default_eval_store().
Result<std::unique_ptr<Ledger>> open_eval_store(const std::string& url);

/// Whether there is anything at a place that open_eval_store() would make.
bool eval_store_exists(const std::string& url);

}  // namespace rigwise
