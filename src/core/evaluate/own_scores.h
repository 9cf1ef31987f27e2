#pragma once

#include <vector>

#include "core/evaluate/tiers.h"
#include "core/facts/market.h"

namespace rigwise {

/// Scores of the asker's own evaluation as `route` and `advise` read them: a row for each model and category (and, as
/// kinds of work are also named by who does them, each role), out of 100, with the number of families it rests on: as
/// many tasks as are independent. Incomplete models and foreign columns give none.
/// `with_roles` false: categories alone, so that no task counts twice in an average.
std::vector<QualityScore> own_scores(const Catalog& catalog, const ResultSet& results, bool with_roles = true);

}  // namespace rigwise
