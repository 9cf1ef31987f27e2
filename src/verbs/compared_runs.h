#pragma once

#include <vector>

#include "codec/measurement_csv.h"
#include "verbs/verbs.h"

namespace rigwise {

/// Measured beside predicted: a list with an object a row.
///
///     ratio = measured / predicted;    inside: low <= measured <= high
///
/// Takes  rows of any kind; `level` of the interval, 0.8.
/// Gives  {"id", "hardware", "hardware_count", "model", "quant", "engine", "backend", "phase", "test", "streams",
///        "prompt_tokens", "gen_tokens", "context_depth", "measured_tokens_per_s", "predicted_tokens_per_s" (an
///        estimate or null), "inside", "ratio", "refused" (why it cannot be true or teaches nothing, or null),
///        "not_predicted" (why, or null)}.
/// Holds  what is predicted is what published measurements alone say: a run would find itself again in what was learned
///        from it. An engine that nobody knows is not taken for the usual one.
Json compared_runs(const House& house, const std::vector<Measurement>& rows, double level);

/// What a measurement counts: "pp512 @ d4096", "tg128, 4 streams", "pp512+tg128".
std::string test_of_row(const Measurement& row);

}  // namespace rigwise
