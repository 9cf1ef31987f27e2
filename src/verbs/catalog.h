#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What do you know? Records of a kind with their sources; without a kind, the counts.
Result<Json> catalog_verb(const House& house, const Json& request);

}  // namespace rigwise
