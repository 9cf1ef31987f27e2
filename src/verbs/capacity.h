#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// How many people does it serve? The waits at the stated load, the largest load within the objectives, and what binds,
/// from a simulation of the engines.
Result<Json> capacity_verb(const House& house, const Json& request);

}  // namespace rigwise
