#include "core/cost/cloud.h"

#include <algorithm>

#include "core/cost/calendar.h"

namespace rigwise {

Money api_cost(const ApiPrice& price, double input_tokens, double output_tokens, const Exchange& exchange,
               const std::string& currency) {
  const double usd = (input_tokens * price.input_usd_per_mtok + output_tokens * price.output_usd_per_mtok) / 1e6;
  return exchange.convert(usd, "USD", currency);
}

CloudOffer cheapest_offer(const Catalog& catalog, const CloudTask& task, const Exchange& exchange,
                          const std::string& currency, const std::string& as_of) {
  CloudOffer best;
  best.task = &task;
  best.monthly = Money(0, currency);
  for (const ApiPrice& price : catalog.api_prices) {
    if (price.output_usd_per_mtok <= 0 || is_after(price.date, as_of)) continue;
    const auto model =
        std::find_if(task.models.begin(), task.models.end(), [&](const Llm* m) { return m->id == price.model_id; });
    if (model == task.models.end()) continue;
    const Money monthly =
        api_cost(price, task.input_tokens_per_month, task.output_tokens_per_month, exchange, currency);
    if (best.price != nullptr && !(monthly < best.monthly)) continue;
    best.price = &price;
    best.model = *model;
    best.monthly = monthly;
  }
  return best;
}

const SaasPrice* cheapest_seat(const Catalog& catalog, std::string_view category, const Exchange& exchange,
                               const std::string& as_of) {
  const SaasPrice* best = nullptr;
  double least = 0;
  for (const SaasPrice& seat : catalog.saas_prices) {
    if (seat.category != category || is_after(seat.date, as_of) || !seat.price || *seat.price <= 0 ||
        !exchange.knows(seat.currency))
      continue;
    const double usd = exchange.convert(*seat.price, seat.currency, "USD").amount();
    if (best != nullptr && usd >= least) continue;
    best = &seat;
    least = usd;
  }
  return best;
}

}  // namespace rigwise
