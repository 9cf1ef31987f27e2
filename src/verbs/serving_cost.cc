#include "verbs/serving_cost.h"

#include "core/cost/calendar.h"

namespace rigwise {

std::optional<TokenCost> serving_cost(const SetupMachine& machine, const Prediction& prediction,
                                      const ServingTerms& terms) {
  const bool works = prediction.runs && prediction.fit.verdict != FitVerdict::no;
  if (!works || !machine.why_not.empty() || prediction.decode_total.band.value <= 0) return std::nullopt;
  const CostPlan plan = plan_of_machine(machine.machine, terms.per_kwh);
  return token_cost(plan, terms.months, {prediction.prefill.band, prediction.decode_total.band}, kHoursPerMonth,
                    terms.utilisation, {});
}

Json mtok_json(const MtokCost& cost) {
  return {{"value", cost.total.value},
          {"low", cost.total.low},
          {"high", cost.total.high},
          {"hardware", cost.hardware},
          {"energy", cost.energy}};
}

Json serving_cost_json(const std::optional<TokenCost>& cost, const ServingTerms& terms) {
  if (!cost) return nullptr;
  return {{"currency", terms.currency},
          {"utilisation", terms.utilisation},
          {"horizon_months", terms.months},
          {"input", mtok_json(cost->input)},
          {"output", mtok_json(cost->output)}};
}

}  // namespace rigwise
