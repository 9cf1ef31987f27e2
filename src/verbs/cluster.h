#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What more nodes of one device bring: for each count memory, the largest models that now fit, speeds and how they
/// scale, price with switch, cables and rack, power, beside the rule of thumb of seed S2-6.
Result<Json> cluster_verb(const House& house, const Json& request);

}  // namespace rigwise
