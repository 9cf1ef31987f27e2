#pragma once

#include <string>
#include <vector>

#include "core/evaluate/tiers.h"

namespace rigwise {

/// The same model over a cloud, formats and machines: is a score from one of them a proxy for another?
struct ProxyGroup {
  const Llm* llm = nullptr;
  std::size_t reference = 0;          ///< the cloud's column where there is one, else the one with the most bits
  std::vector<PairStanding> columns;  ///< first: the column, second: the reference
};

/// Every model of the catalog that the set has in two columns or more. Holm's correction runs over all of them.
/// Gives  differences column - reference with intervals; a cloud's score is an upper bound until a difference says that
///        nothing is lost.
std::vector<ProxyGroup> proxy_groups(const Catalog& catalog, const ResultSet& results, const ScoreSheet& sheet,
                                     const StandingsQuestion& question);

}  // namespace rigwise
