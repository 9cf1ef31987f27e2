#pragma once

#include <optional>
#include <string>

#include "core/cost/per_token.h"
#include "core/perf/predict.h"
#include "verbs/setup_machine.h"
#include "verbs/verbs.h"

namespace rigwise {

/// At what a token is costed where nobody asks for more than its speed; `cost` takes all of it as asked.
struct ServingTerms {
  std::string currency = "USD";
  Money per_kwh;
  int months = 36;
  double utilisation = 0.25;  ///< of all hours; it stays on
};

/// Cost of a million tokens read and written on a priced machine at the predicted speeds: purchase and electricity, no
/// resale, no tax. Nothing when the machine has no price or the model does not run.
std::optional<TokenCost> serving_cost(const SetupMachine& machine, const Prediction& prediction,
                                      const ServingTerms& terms);

/// {"value", "low", "high", "hardware", "energy"}
Json mtok_json(const MtokCost& cost);

/// {"currency", "utilisation", "horizon_months", "input", "output"}, or null
Json serving_cost_json(const std::optional<TokenCost>& cost, const ServingTerms& terms);

}  // namespace rigwise
