#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// How fast? Speeds with bands, memory, times, energy, what bounds them and why.
Result<Json> predict_verb(const House& house, const Json& request);

}  // namespace rigwise
