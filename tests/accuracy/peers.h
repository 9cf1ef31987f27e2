#pragma once

// What others would have said of the same runs. Facts about their formulas, put in our own words and our own units from
// the descriptions in their documentation and source; none of their code. Not shipped: only the comparison uses it.

#include <optional>
#include <string>
#include <vector>

#include "core/perf/resolve.h"
#include "study.h"

namespace rigwise {

/// A rule that predicts the speed of one stream on one device.
struct Peer {
  std::string name;         ///< "llmfit"
  std::string formula;      ///< in one line, for the table
  std::string error_class;  ///< of the rows it speaks about: decode or prefill
  std::optional<double> (*tokens_per_s)(const Catalog& catalog, const ResolvedRow& row) = nullptr;
};

/// The rule of seed S2 for decode and the usual one for prefill, llmfit's and whichllm's (neither predicts prefill).
const std::vector<Peer>& peers();

/// A peer and we on the same rows, hardware left out for us: rows the peer cannot predict count for neither.
struct Contest {
  const Peer* peer = nullptr;
  AccuracyLine theirs, ours;
};
std::vector<Contest> contests(const Study& study);

}  // namespace rigwise
