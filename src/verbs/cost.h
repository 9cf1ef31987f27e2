#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What does it cost, and when does it pay? Cost of ownership by year, cost of a million tokens, break-even against
/// APIs and subscriptions, what matters most, shares of a co-op, payments month by month.
Result<Json> cost_verb(const House& house, const Json& request);

}  // namespace rigwise
