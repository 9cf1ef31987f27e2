#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What should I buy? Ranked machines with their reasons, the Pareto front, and what not buying would cost.
Result<Json> advise_verb(const House& house, const Json& request);

}  // namespace rigwise
