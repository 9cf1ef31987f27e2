#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// Which models stay loaded where: placement, memory map, speeds alone and while the others work, and for what stays
/// out the reason, the nearest change that lets it in, and what swapping costs.
Result<Json> pack_verb(const House& house, const Json& request);

}  // namespace rigwise
