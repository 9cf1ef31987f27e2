#pragma once

#include <string>
#include <vector>

#include "core/capacity/search.h"
#include "verbs/verbs.h"

namespace rigwise {

/// A load with what its size counts.
struct StatedLoad {
  Load load;
  LoadUnit unit = LoadUnit::people;
  int size = 1;                          ///< people, users, or 100 for a rate or a trace
  std::vector<std::string> assumptions;  ///< what the request left open
};

/// Reads a `workload` object: people of roles (with agents), a rate, users who wait, or a trace; lengths; prefix_hit.
/// Exactly one of people, requests_per_s, users and trace says who asks.
Result<StatedLoad> read_workload(const Catalog& catalog, const Json& object, const std::string& path);

/// Reads an `slo` object: ttft_s, tpot_s, percentile (95 or 0.95).
Result<Slo> read_slo(const Json& object, const std::string& path);

}  // namespace rigwise
