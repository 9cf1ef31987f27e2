#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// `bench_compare`: what differs between two results of `rigwise bench`, request by request (docs/metrics.md).
///
/// Takes  {"first", "second": results, "first_name", "second_name": what they are called}.
/// Gives  docs/schema/bench_compare.response.json: the loads that both have.
/// Errors  no result of a bench; no load in common.
Result<Json> bench_compare_verb(const House& house, const Json& request);

}  // namespace rigwise
