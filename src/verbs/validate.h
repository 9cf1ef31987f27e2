#pragma once

#include "core/perf/validate.h"
#include "verbs/verbs.h"

namespace rigwise {

/// How good are you? Predicts measurement rows (CSV text, else the catalog's own) and reports the errors.
Result<Json> validate_verb(const House& house, const Json& request);

/// The contract's `validate --json` object from rows already predicted.
Json accuracy_json(const AccuracyReport& report, double level);

/// The measurement CSV with predicted, low, high, basis, tier, error, skip_reason added.
std::string validated_csv(const std::vector<ValidatedRow>& rows);

}  // namespace rigwise
