#pragma once

#include <vector>

#include "verbs/cost_request.h"

namespace rigwise {

/// The pieces of the response of `cost`.

Json hardware_json(const CostQuestion& question);
Json usage_json(const CostQuestion& question);
/// Whether the set-up makes the tokens at all, with the largest volume that it does.
Json deliverable_json(const CostQuestion& question, const Deliverability& delivery);
/// Cost of ownership by line and year, nominal and discounted.
Json tco_json(const CostQuestion& question, const CashFlow& flow);
/// Cost of a million tokens; null when the speed is unknown.
Json token_cost_json(const CostQuestion& question);
/// One entry for each rival, with its break-even.
Json against_json(const CostQuestion& question, const Deliverability& delivery);
Json sensitivity_json(const CostQuestion& question);
/// Seats and hours saved; null without either.
Json team_json(const CostQuestion& question, const CashFlow& flow);
/// Shares of a co-op; null when nobody shares. Errors: months in which nobody pays.
Result<Json> split_json(const House& house, const CostQuestion& question, const CashFlow& flow,
                        const Deliverability& delivery);
/// Payments by month, cumulative, for the machine and each rival.
Json cash_flow_json(const CostQuestion& question, const CashFlow& flow);
/// The formulas behind the main figures, with their inputs.
Json formulas_json(const CostQuestion& question, const CashFlow& flow, const Deliverability& delivery);

/// The machine's plan as it is compared with its rivals.
CostPlan compared_plan(const CostQuestion& question);

}  // namespace rigwise
