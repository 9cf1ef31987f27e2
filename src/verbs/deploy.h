#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What starts it? The set-up kit of a packing plan: for each model the engine with its exact flags, pinned to its
/// devices, and the files that start, guard, check and explain it all. Without a plan it packs first. A plan that
/// leaves something out is answered with what does not fit, and no files.
Result<Json> deploy_verb(const House& house, const Json& request);

}  // namespace rigwise
