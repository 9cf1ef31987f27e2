#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/perf/calibration.h"
#include "core/perf/resolve.h"

namespace rigwise {

/// A row of the user's that teaches nothing, and why.
struct RefusedRun {
  std::string id;
  std::string reason;   ///< skip reason or gate name: "model_unknown", "above_ceiling"
  std::string message;  ///< in words, quoting the row
  std::vector<std::string> did_you_mean;
};

/// Why nothing is learned from a row of the user's; nothing when it teaches. `shipped`: what is predicted without it.
std::optional<RefusedRun> why_refused(const Catalog& catalog, const Calibration& shipped, const ResolvedRow& row);

}  // namespace rigwise
