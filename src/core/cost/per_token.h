#pragma once

#include "core/cost/cost_plan.h"
#include "core/cost/deliverable.h"

namespace rigwise {

/// What a million tokens of one kind cost, in the plan's currency.
struct MtokCost {
  Band total;                       ///< low: cheap and fast, high: dear and slow
  double hardware = 0, energy = 0;  ///< parts of total.value
};

struct TokenCost {
  MtokCost input, output;
  double blended = 0;     ///< of the mix of input and output that was asked; 0 without one
  double busy_hours = 0;  ///< of a month
};

/// Cost of a million tokens, input and output apart, when the machine works a share of the hours it is in use.
///
///     per busy hour = monthly cost / busy hours
///     per Mtok      = per busy hour / (3600 * tokens per second) * 10^6
///
/// Takes  the machine's plan with its hours; `utilisation` in (0, 1] of `hours_in_use`; a mix for the blend.
/// Gives  hardware (price less resale, warranty, care, their tax) and energy apart; the price counts once: it is the
///        purchase spread over the months, never a depreciation beside it.
/// Holds  busy hours split by time: a token costs what its seconds cost. At the utilisation of a volume,
///        input * per Mtok + output * per Mtok is the monthly cost again.
/// From   seed S2-7: (hardware + electricity) / (tok/s * seconds * 0.25 / 10^6).
TokenCost token_cost(const CostPlan& plan, int months, const ServingSpeed& speed, double hours_in_use,
                     double utilisation, const TokenVolume& mix);

}  // namespace rigwise
