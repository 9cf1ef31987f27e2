#pragma once

#include <string_view>

#include "verbs/seeds/records.h"

namespace rigwise {

/// "MODEL/FORMAT/SETUP/ENGINE/PHASE/CONCURRENCY/DEPTH" of rules and bindings; trailing parts may be left out, and an
/// empty one is the usual. The phase is decode unless said.
struct SpeedSpec {
  Json request;  ///< of the verb predict
  std::string phase = "decode";
  int concurrency = 1;
};
Result<SpeedSpec> read_speed_spec(std::string_view text);

/// The kinds of spec that sizing and prediction answer: weights_gb read_gb kv_gb predict fit.
bool is_size_spec(std::string_view kind);

///     weights_gb:MODEL/FORMAT       everything on disk
///     read_gb:MODEL/FORMAT          what one token reads of it
///     kv_gb:MODEL/FORMAT/TOKENS     the cache of one sequence
///     predict:MODEL/FORMAT/SETUP/ENGINE/PHASE/CONCURRENCY/DEPTH   PHASE also ttft_s, e2e_s, energy_j, ceiling
///     fit:MODEL/FORMAT/SETUP/TOKENS 1 when it runs in memory as likely as not, else 0
Result<SeedValue> size_value(const House& house, std::string_view kind, std::string_view rest);

/// Our prediction for a printed speed, and what check says of it: {"model", ..., "claimed", "prediction", "verdict",
/// "because"}. What cannot be predicted at all says why instead.
Result<Json> speed_beside(const House& house, std::string_view spec, double low, double high);

}  // namespace rigwise
