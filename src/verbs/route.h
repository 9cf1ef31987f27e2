#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What moves local: each kind of work to a local model or the cloud with the reason, the tokens and money that moves,
/// the quality that is kept, and what would change the answer.
Result<Json> route_verb(const House& house, const Json& request);

}  // namespace rigwise
