#pragma once

#include "core/perf/resolve.h"

namespace rigwise {

/// What physics and the row's own note say about a measurement.
enum class Gate {
  passes,
  marked_outlier,  ///< its note says so
  above_ceiling,   ///< faster than memory and arithmetic allow: a prompt cache, speculation, a wrong name
  speculative,     ///< speculative decoding: not the speed of the model alone
  offloaded,       ///< layers on the host, whose memory no row states
  far_below        ///< under 1 % of its ceiling: something else was the limit
};
const char* gate_name(Gate gate);

/// Gates a resolved row (`skip_reason` empty). `above_ceiling` leaves 2 % for rounded figures.
Gate gate_of(const ResolvedRow& row);

/// True where a row cannot be what it says it is. Such rows count neither in the fit nor in the errors; rows that are
/// merely useless for the fit (offloaded, far below, speculative) count in the errors.
bool is_impossible(Gate gate);

}  // namespace rigwise
