#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/advise/route.h"
#include "core/advise/score_book.h"
#include "core/cost/alternatives.h"
#include "core/facts/setup.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `route` is asked, with the names resolved.
struct RouteRequest {
  RouteQuestion question;
  std::unique_ptr<ScoreBook> scores;
  std::string as_of, currency;
  std::optional<TokenVolume> volume;  ///< tokens of a month
  std::vector<ApiOffer> apis;         ///< the first is where the work goes today
  std::optional<Setup> setup;
  int concurrency = 1;
  double level = 0.8;
  Money per_kwh;       ///< in `currency`
  std::string tariff;  ///< whose price of a kWh that is
  std::vector<std::string> assumptions, notes;
};

/// Reads models (names of the catalog, or of models that only scores know), prompt_mix, threshold, reference,
/// quality_source, scores, abilities, usage, api_models, setup. Errors name the key.
Result<RouteRequest> read_route_request(const House& house, const Json& request);

}  // namespace rigwise
