#include "verbs/setup_machine.h"

#include <deque>

#include "core/base/text.h"
#include "core/cost/tariff.h"

namespace rigwise {
namespace {

/// The pieces one buys: a whole build counts as one piece of its own record.
std::vector<MachinePart> pieces(const Setup& setup) {
  std::vector<MachinePart> list;
  for (const SetupPart& part : setup.parts) {
    MachinePart piece;
    piece.device = part.build == nullptr ? part.device : part.build;
    piece.count = part.build == nullptr ? part.count : 1;
    piece.link = part.link;
    const bool known = part.build != nullptr && !list.empty() && list.back().device == part.build;
    if (!known) list.push_back(piece);
  }
  return list;
}

}  // namespace

SetupMachine setup_machine(const Catalog& catalog, const Setup& setup, const Exchange& exchange,
                           const std::string& currency, const std::string& as_of) {
  const PriceRules rules{&exchange, currency, as_of, Market::any, true};
  std::vector<MachinePart> parts = pieces(setup);
  std::deque<PurchasePrice> prices;  // stable addresses for MachinePart::price
  SetupMachine result;
  for (MachinePart& part : parts) {
    PriceAnswer answer = purchase_price(catalog, *part.device, rules);
    if (answer.price) {
      prices.push_back(*answer.price);
      part.price = &prices.back();
    } else if (result.why_not.empty()) {
      result.why_not = part.device->id + " has no price: " + answer.why_not;
    }
  }
  result.machine = build_machine(catalog, parts, rules);
  if (result.why_not.empty()) result.why_not = result.machine.why_not;
  return result;
}

Result<Money> electricity_price(const Catalog& catalog, const Exchange& exchange, const std::string& currency,
                                const ElectricityWish& wish, std::string& words) {
  const ElectricityPrice* best = nullptr;
  if (wish.region) {
    const Result<const ElectricityPrice*> there =
        tariff_of_region(catalog, exchange, *wish.region, wish.region_key,
                         wish.per_kwh_key.empty() ? "or leave it out" : "or leave it out and say " + wish.per_kwh_key);
    if (!there) return fail(there.error());
    best = *there;
  }
  if (wish.per_kwh) {
    words = significant(*wish.per_kwh, 3) + " " + currency + "/kWh, as given";
    return Money(*wish.per_kwh, currency);
  }
  for (const ElectricityPrice& price : catalog.electricity) {
    if (wish.region || !exchange.knows(price.currency)) continue;
    const bool own = price.currency == currency;
    const bool best_own = best != nullptr && best->currency == currency;
    if (best == nullptr || (own && !best_own) || (own == best_own && price.date > best->date)) best = &price;
  }
  if (best == nullptr) {
    words = "0.20 USD/kWh, assumed";
    return exchange.convert(0.20, "USD", currency);
  }
  const Money price = exchange.convert(best->per_kwh, best->currency, currency);
  words = significant(price.amount(), 3) + " " + currency + "/kWh, " + best->region +
          (wish.region ? ", " + best->date : "") + " (" + best->confidence + ")";
  return price;
}

}  // namespace rigwise
