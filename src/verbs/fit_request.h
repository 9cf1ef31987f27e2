#pragma once

#include <string>
#include <vector>

#include "core/sizing/memory.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `fit` is asked, with the names resolved.
struct FitRequest {
  std::vector<const Llm*> models;
  std::vector<const Format*> formats;
  std::vector<Setup> setups;
  FitQuery query;
  std::string as_of;
  std::optional<std::string> region;  ///< whose price of electricity counts
  bool best_only = false;             ///< one row a model and set-up, the one named by "best"
};

/// Reads models, quants, setups, context_tokens, concurrency, headroom, best_only, region and as_of. Without set-ups:
/// every single device; without models, when they are needed: every published language model.
Result<FitRequest> read_fit_request(const House& house, const Json& request, bool needs_models);

}  // namespace rigwise
