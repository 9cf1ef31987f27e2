#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/advise/pack.h"
#include "core/cost/money.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What `pack` is asked, with the names resolved. `question.scores` points into `scores`.
struct PackRequest {
  PackQuestion question;
  std::unique_ptr<ScoreBook> scores;
  std::string currency, as_of;
  Money per_kwh;       ///< in `currency`
  std::string tariff;  ///< whose price of a kWh that is
  std::vector<std::string> assumptions;
};

/// Reads setup, models ("NAME", "NAME:QUANT" or objects), services ("embedding", "embedding:2" or objects), and what
/// holds for all. Errors name the key, "models[1].on".
Result<PackRequest> read_pack_request(const House& house, const Json& request);

}  // namespace rigwise
