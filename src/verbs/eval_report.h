#pragma once

#include "core/evaluate/result_set.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What an evaluation shows, and no more: leaderboard with intervals, pairs in words, heatmap, judges, memory tiers,
/// the least machine of each role, what moves local, money, and what is left out. A pure function of the results and
/// the catalog: the same request gives the same bytes.
Result<Json> eval_report_verb(const House& house, const Json& request);

/// The same of results that need not be read any more, in order (put_in_order()). `settings` is the request without
/// them. Of 100,000 answers writing and reading the JSON takes longer than the report.
Result<Json> eval_report_of(const House& house, const Json& settings, ResultSet results);

}  // namespace rigwise
