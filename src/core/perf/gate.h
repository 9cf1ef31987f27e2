#pragma once

#include <optional>
#include <string_view>

#include "core/perf/resolve.h"

namespace rigwise {

/// What physics and the row's own note say about a measurement.
enum class Gate {
  passes,
  marked_outlier,  ///< its note says so, or it is retracted
  above_ceiling,   ///< faster than memory and arithmetic allow: a prompt cache, speculation, a wrong name
  speculative,     ///< speculative decoding: not the speed of the model alone
  offloaded,       ///< layers on the host, whose memory no row states
  far_below        ///< under 1 % of its ceiling: something else was the limit
};
const char* gate_name(Gate gate);

/// Gates a resolved row (`skip_reason` empty). `above_ceiling` leaves 2 % for rounded figures.
Gate gate_of(const ResolvedRow& row);

/// The type of cache that a row's note states ("KV q8_0", "KV cache f16"), as the catalog's KV formats are called;
/// empty where it states none of f16, bf16, fp16, fp8, q8_0, q5_1, q5_0, q4_1, q4_0.
std::string_view stated_cache_type(const Measurement& row);

/// A speed that no run of the row's model on its devices can pass, whatever the engine does and the row leaves open.
///
///     prefill         N P / F
///     decode, total   min(n N B / (W + n K), N P / F)
///     decode of one   min(N B / (W + n K), N P / F)
///
/// Takes  N devices of peak bandwidth B and compute P, all at work at once; W weights that one token meets (a batch
///        meets no fewer); K the cache of one stream at the depth that the row states, in the type that it states or,
///        where it states none, the lightest that engines offer; F work of one token without attention; n streams, any
///        number where the row does not say.
/// Gives  tokens per second; infinite where neither bounds it.
double hard_ceiling(const ResolvedRow& row);

/// The same with the cache that the engine takes unasked, where the row passes it: such a run had a lighter cache than
/// its row says, or was not so deep. Nothing where the row says which cache it had, no depth, or is below.
std::optional<double> passed_usual_cache(const ResolvedRow& row);

/// The share of its ceiling that a row's decoding reached, where it is so small that something else was the limit: the
/// host's memory or processor, another program.
///
///     LocalScore's tests   below 0.2 of what the card's own memory allows (models to 1.5 billion parameters: 0.085)
///     others               below 0.08 of the roofline, and below 1 / 2.5 of what is predicted
///
/// Takes  a resolved row; `shipped`, the speed that published measurements predict for it. Of anything but one stream
///        of a GPU, and of others' small models, whose steps are short beside what starts them, nothing is said.
/// From   the rows that the published extracts marked as outliers. Held out it misses 2 of 19 and alarms at 15 of 1,104
///        others; docs/import.md has the figures, and what the three rows are that it finds without a mark.
std::optional<double> implausible_share(const ResolvedRow& row, const SpeedModel& shipped);

/// True where a row cannot be what it says it is. Such rows count neither in the fit nor in the errors; rows that are
/// merely useless for the fit (offloaded, far below, speculative) count in the errors.
bool is_impossible(Gate gate);

}  // namespace rigwise
