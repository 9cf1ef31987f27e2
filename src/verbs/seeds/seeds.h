#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// Do the seeds' tables come out? Each printed cell beside ours, with its class, formula and inputs; without a section
/// the sections in short, and what became of the seeds' contradictions.
Result<Json> seeds_verb(const House& house, const Json& request);

}  // namespace rigwise
