#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What do I show the person who pays? One or several needs, each answered by `advise`, with what every way out costs
/// by year, side by side, the sources of what is recommended, and how good the numbers are. With "page": true the
/// response carries the same as one HTML page that needs nothing else.
Result<Json> report_verb(const House& house, const Json& request);

}  // namespace rigwise
