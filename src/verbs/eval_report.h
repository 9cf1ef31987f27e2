#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// What an evaluation shows, and no more: leaderboard with intervals, pairs in words, heatmap, judges, memory tiers,
/// the least machine of each role, what moves local, money, and what is left out. A pure function of the results and
/// the catalog: the same request gives the same bytes.
Result<Json> eval_report_verb(const House& house, const Json& request);

}  // namespace rigwise
