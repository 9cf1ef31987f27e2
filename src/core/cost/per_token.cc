#include "core/cost/per_token.h"

#include <algorithm>

namespace rigwise {
namespace {

/// Monthly cost of the machine alone: subscriptions kept beside it make no tokens.
struct MachineCost {
  double hardware = 0, energy = 0;
};

MachineCost machine_cost(CostPlan plan, int months) {
  std::erase_if(plan.bills, [](const MonthlyBill& bill) {
    return bill.kind != CashKind::warranty && bill.kind != CashKind::maintenance;
  });
  const CashFlow flow = cash_flow(plan, months);
  const double energy = flow.total_of(CashKind::electricity).amount() * (1 - plan.tax.rate);
  return {(flow.total().amount() - energy) / months, energy / months};
}

/// Of a million tokens at so many a second.
double per_mtok(double monthly, double hours, double tokens_per_s) {
  return tokens_per_s > 0 && hours > 0 ? monthly / hours / (3600 * tokens_per_s) * 1e6 : 0;
}

}  // namespace

TokenCost token_cost(const CostPlan& plan, int months, const ServingSpeed& speed, double hours_in_use,
                     double utilisation, const TokenVolume& mix) {
  CostPlan at_work = plan;
  TokenCost cost;
  cost.busy_hours = hours_in_use * utilisation;
  at_work.hours.load = cost.busy_hours;
  at_work.hours.on = std::max(at_work.hours.on, cost.busy_hours);
  const MachineCost usual = machine_cost(at_work, months);
  const MachineCost cheap = machine_cost(at_low_price(at_work), months);
  const MachineCost dear = machine_cost(at_high_price(at_work), months);
  const auto of = [&](const Band& tokens_per_s) {
    MtokCost c;
    c.hardware = per_mtok(usual.hardware, cost.busy_hours, tokens_per_s.value);
    c.energy = per_mtok(usual.energy, cost.busy_hours, tokens_per_s.value);
    c.total = {c.hardware + c.energy, per_mtok(cheap.hardware + cheap.energy, cost.busy_hours, tokens_per_s.high),
               per_mtok(dear.hardware + dear.energy, cost.busy_hours, tokens_per_s.low)};
    return c;
  };
  cost.input = of(speed.prefill);
  cost.output = of(speed.decode_total);
  if (mix.total() > 0) {
    cost.blended = (mix.input * cost.input.total.value + mix.output * cost.output.total.value) / mix.total();
  }
  return cost;
}

}  // namespace rigwise
