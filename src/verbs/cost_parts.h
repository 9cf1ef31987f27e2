#pragma once

#include <string>
#include <vector>

#include "verbs/cost_request.h"

namespace rigwise {

/// The parts of a cost request, each with the keys it owns. `question` has currency, exchange and as_of by then; what
/// is filled in goes into its assumptions.

/// One object of a list, with the path for its errors: "seats[1]".
struct ListItem {
  const Json* value = nullptr;
  std::string path;
};

/// The items of a list; a single value counts as a list of one. An absent list is empty.
std::vector<ListItem> list_items(const Json* list, const std::string& key);

/// An amount of money in the asked currency from 0 to 10^8, or in the `currency` that stands beside it.
std::optional<Money> read_amount(ObjectReader& reader, std::string_view key, const CostQuestion& question);

/// `hardware_price`: a number, or lines {name, price, count, resale_share, resale}.
Result<std::vector<BillLine>> read_hardware(const Json& value, const CostQuestion& question);

/// `electricity`: a price of a kWh, or {per_kwh, region, per_month, hours_on_per_day}.
Result<void> read_electricity(const Catalog& catalog, const Json* value, CostQuestion& question);

/// `tax`: a rate, or {rate, resale_taxed, savings_taxed}. `resale`: whether it counts, or a share for every line.
Result<void> read_tax(const Json* value, CostQuestion& question);
Result<void> read_resale(const Json* value, bool by_default, CostQuestion& question);

/// `warranty`: an amount a year, or [{name, per_year | per_month | total}]. `maintenance`: {hours_per_month, per_hour}.
Result<void> read_warranty(const Json* value, CostQuestion& question);
Result<void> read_maintenance(const Json* value, CostQuestion& question);

/// Subscriptions by name, or {name, count, price}; with `roles`, {role, count} too.
Result<std::vector<SeatGroup>> read_seats(const Catalog& catalog, const Json* list, const std::string& key, bool roles,
                                          const CostQuestion& question);

/// `usage`: tokens a month, day or week, shares of input and cached input, hours a day, utilisation.
Result<void> read_usage(const Json* value, CostQuestion& question);

/// `api_models`: names, or {name, input_per_mtok, output_per_mtok, cached_per_mtok, tokens_per_s, ttft_s}.
Result<std::vector<ApiOffer>> read_api_offers(const Catalog& catalog, const Json* list, const std::string& key,
                                              const CostQuestion& question);

/// `rented_gpu`, `hybrid`, `wait`: the machine's plan is complete by then, and rivals named before are known.
Result<void> read_rent(const Json* value, CostQuestion& question);
Result<void> read_hybrid(const Catalog& catalog, const Json* value, CostQuestion& question);
Result<void> read_wait(const Json* value, CostQuestion& question);

/// `split_people`: a number of people, or {count | members, reserve_per_month, price_per_month}.
Result<void> read_split(const Json* value, CostQuestion& question);

/// `hours_saved`: {hours_per_day, per_hour, days_per_year, people, share}.
Result<void> read_hours_saved(const Json* value, CostQuestion& question);

/// `sensitivity`: {figure: [low, high]} as multipliers.
Result<void> read_ranges(const Json* value, CostQuestion& question);

}  // namespace rigwise
