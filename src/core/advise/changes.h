#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// A candidate that breaks hard constraints, and which.
struct NearMiss {
  Candidate candidate;
  std::vector<std::string> broken;
};

/// The candidate with its best placement; nothing when no placement keeps the rules.
std::optional<Option> evaluate(const Brief& brief, RunFinder& finder, const Candidate& candidate,
                               const PlacementRules& rules);

/// What change in the needs would change the answer, with numbers: a larger budget or a noisier machine that is
/// clearly better, the minimum speeds instead of the asked ones, the tokens from which owning is cheaper. Where nothing
/// is left within the limits, the fewest of them that must give way, and by how much.
std::vector<std::string> what_would_change(Advice& advice, const std::vector<Option>& options,
                                           const std::vector<NearMiss>& near_misses);

}  // namespace rigwise
