#pragma once

#include "codec/json_text.h"
#include "core/advise/needs.h"

namespace rigwise {

/// The `needs` object of a request -> Needs. `path` begins the `where` of errors ("needs.budget.max"). Unknown keys,
/// wrong types, numbers out of range and words outside a list are refused with what is accepted; names of devices,
/// models, roles and currencies are checked later, against the catalog.
Result<Needs> decode_needs(const Json& object, const std::string& path = "needs");

}  // namespace rigwise
