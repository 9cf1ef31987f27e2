#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/deploy/kit_plan.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `deploy` is asked, with the names resolved: everything but engines, predictions and tiers.
struct DeployRequest {
  KitPlan plan;
  std::optional<ServingEngine> engine;  ///< for every model
  Json left_out = Json::array();        ///< models and services that the plan does not keep loaded
  std::string as_of;
};

/// Reads setup, plan (what `pack` answers), or what `pack` takes instead; engine, people, prompt_tokens, output_tokens,
/// level, as_of. A plan that is not this set-up's, or that somebody changed beyond sense, is refused with its place.
Result<DeployRequest> read_deploy_request(const House& house, const Json& request);

}  // namespace rigwise
