#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// These set-ups side by side: price, memory, bandwidth, power, noise, speeds per model, cost per million tokens,
/// joules per token, evidence, pros and gotchas.
Result<Json> compare_verb(const House& house, const Json& request);

}  // namespace rigwise
