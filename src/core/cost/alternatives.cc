#include "core/cost/alternatives.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

/// Providers write "4-5" where people write "4.5".
std::string folded_api_name(std::string_view name) {
  std::string folded = fold_name(name);
  std::erase(folded, '.');
  return folded;
}

ApiOffer offer_of(const ApiPrice& price, const Exchange& exchange, const std::string& currency) {
  ApiOffer offer;
  offer.name = price.provider + "/" + price.model;
  offer.date = price.date;
  offer.source = price.source;
  offer.input = exchange.convert(price.input_usd_per_mtok, "USD", currency);
  offer.output = exchange.convert(price.output_usd_per_mtok, "USD", currency);
  if (price.cached_input_usd_per_mtok) {
    offer.cached = exchange.convert(*price.cached_input_usd_per_mtok, "USD", currency);
  }
  return offer;
}

/// A later quote of the same model by the same provider stands for the earlier ones.
bool is_superseded(const Catalog& catalog, const ApiPrice& price, const std::string& as_of) {
  return std::any_of(catalog.api_prices.begin(), catalog.api_prices.end(), [&](const ApiPrice& other) {
    return other.provider == price.provider && other.model == price.model && price.date < other.date &&
           !is_after(other.date, as_of);
  });
}

/// The cheapest offer among those that `is_meant` picks.
template <class Pick>
std::optional<ApiOffer> cheapest(const Catalog& catalog, const TokenVolume& volume, const Exchange& exchange,
                                 const std::string& currency, const std::string& as_of, const Pick& is_meant) {
  const TokenVolume mix = volume.total() > 0 ? volume : TokenVolume{8e5, 2e5, 0};
  std::optional<ApiOffer> best;
  for (const ApiPrice& price : catalog.api_prices) {
    if (price.output_usd_per_mtok <= 0 || is_after(price.date, as_of) || !is_meant(price)) continue;
    if (is_superseded(catalog, price, as_of)) continue;
    ApiOffer offer = offer_of(price, exchange, currency);
    if (!best || monthly_bill(offer, mix) < monthly_bill(*best, mix)) best = std::move(offer);
  }
  return best;
}

}  // namespace

Money monthly_bill(const ApiOffer& offer, const TokenVolume& volume) {
  const double seen = volume.input * volume.cached_share, fresh = volume.input - seen;
  const double amount = fresh * offer.input.amount() + seen * offer.cached.value_or(offer.input).amount() +
                        volume.output * offer.output.amount();
  return {amount / 1e6, offer.input.currency()};
}

std::optional<ApiOffer> cheapest_api(const Catalog& catalog, std::string_view model_id, const TokenVolume& volume,
                                     const Exchange& exchange, const std::string& currency, const std::string& as_of) {
  return cheapest(catalog, volume, exchange, currency, as_of,
                  [&](const ApiPrice& price) { return !model_id.empty() && price.model_id == model_id; });
}

Result<ApiOffer> find_api(const Catalog& catalog, const std::string& name, const TokenVolume& volume,
                          const Exchange& exchange, const std::string& currency, const std::string& as_of) {
  const std::string folded = folded_api_name(name);
  const Result<const Llm*> model = catalog.model(name);
  std::optional<ApiOffer> found = cheapest(catalog, volume, exchange, currency, as_of, [&](const ApiPrice& price) {
    const std::string bare = price.model.substr(price.model.rfind('/') + 1);
    for (const std::string& called : {price.model, bare, price.provider + price.model, price.provider + bare}) {
      if (folded_api_name(called) == folded) return true;
    }
    return model && price.model_id == (*model)->id;
  });
  if (found) return *std::move(found);
  if (model) {
    return fail({ErrorCode::not_found,
                 "no API of the catalog serves \"" + name + "\" on " + as_of,
                 "",
                 "a price of your own: {\"name\", \"input_per_mtok\", \"output_per_mtok\"}",
                 {}});
  }
  std::vector<std::string> names;
  for (const ApiPrice& price : catalog.api_prices) {
    names.push_back(price.model);
    if (!price.model_id.empty()) names.push_back(price.model_id);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return fail({ErrorCode::not_found, "the catalog has no API price of \"" + name + "\"", "",
               "a name that `rigwise catalog api_prices` lists, or a price of your own: {\"name\", "
               "\"input_per_mtok\", \"output_per_mtok\"}",
               nearest_names(name, names)});
}

CostPlan plan_of_bill(std::string name, CashKind kind, const Money& per_month, const TaxRules& tax) {
  CostPlan plan;
  plan.name = std::move(name);
  plan.per_kwh = Money(0, per_month.currency());
  plan.bills = {{plan.name, kind, per_month}};
  plan.tax = tax;
  return plan;
}

CostPlan hybrid_plan(const CostPlan& machine, double busy, double local_share, const std::optional<MonthlyBill>& rest,
                     const std::vector<MonthlyBill>& kept) {
  CostPlan plan = machine;
  plan.hours.load = std::min(plan.hours.on, busy * local_share);
  if (rest) plan.bills.push_back(*rest);
  plan.bills.insert(plan.bills.end(), kept.begin(), kept.end());
  return plan;
}

CostPlan waiting_plan(const CostPlan& machine, int months, double price_factor, const CostPlan* meanwhile) {
  CostPlan plan = at_price(machine, price_factor);
  plan.bought_month = months;
  for (MonthlyBill& bill : plan.bills) bill.first += months;
  if (meanwhile == nullptr || months == 0) return plan;
  for (MonthlyBill bill : meanwhile->bills) {
    bill.last = months;
    plan.bills.push_back(std::move(bill));
  }
  return plan;
}

}  // namespace rigwise
