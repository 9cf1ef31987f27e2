#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// Can this claim be true? A speed, a size, a fit, a parameter count, a bandwidth or a power, by keys or in words,
/// held against its physical ceiling, the prediction and the nearest measurements.
Result<Json> check_verb(const House& house, const Json& request);

}  // namespace rigwise
