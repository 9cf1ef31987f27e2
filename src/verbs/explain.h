#pragma once

#include "verbs/verbs.h"

namespace rigwise {

/// Why this number? {verb, request, key} -> the formula in plain text, every input with its value, unit and source,
/// the calibration constants with the evidence behind them, the terms, and the measurements used.
Result<Json> explain_verb(const House& house, const Json& request);

}  // namespace rigwise
