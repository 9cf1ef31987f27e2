#include "core/advise/rental.h"

#include <algorithm>
#include <map>

#include "core/advise/ranking.h"
#include "core/advise/words.h"
#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

constexpr double kOldestMonths = 12;
constexpr int kCounts[] = {1, 2, 4, 8};
constexpr int kUsualMost = 2;  ///< of a device that is quoted one by one

/// The newest usable quote of each provider and tier for a device, cheapest hour first.
std::vector<const RentalPrice*> quotes_for(const Catalog& catalog, const std::string& device,
                                           const std::string& as_of) {
  std::map<std::pair<std::string, RentalTier>, const RentalPrice*> newest;
  for (const RentalPrice& quote : catalog.rentals) {
    if (quote.device != device || as_of < quote.date || quote.tier > RentalTier::community) continue;
    const std::optional<double> age = months_between(quote.date, as_of);
    if (!age || *age > kOldestMonths) continue;
    const RentalPrice*& known = newest[{quote.provider, quote.tier}];
    const bool better = known == nullptr || known->date < quote.date ||
                        (known->date == quote.date && quote.usd_per_device_hour() < known->usd_per_device_hour());
    if (better) known = &quote;
  }
  std::vector<const RentalPrice*> quotes;
  quotes.reserve(newest.size());
  for (const auto& [who, quote] : newest) quotes.push_back(quote);
  std::stable_sort(quotes.begin(), quotes.end(), [](const RentalPrice* a, const RentalPrice* b) {
    return a->usd_per_device_hour() < b->usd_per_device_hour();
  });
  return quotes;
}

std::vector<std::string> rented_devices(const Catalog& catalog) {
  std::vector<std::string> ids;
  ids.reserve(catalog.rentals.size());
  for (const RentalPrice& quote : catalog.rentals) ids.push_back(quote.device);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// Prices, hours and sums of so many devices.
void put_prices(Rental& rental, const Brief& brief, int count) {
  const auto hour = [&](const RentalPrice* quote) {
    return brief.exchange.convert(quote->usd_per_device_hour() * count, "USD", brief.currency);
  };
  rental.per_hour = hour(rental.quotes[(rental.quotes.size() - 1) / 2]);
  rental.per_hour_low = hour(rental.quotes.front());
  rental.per_hour_high = hour(rental.quotes.back());
  rental.hours_per_month = brief.hours_in_use;
  rental.monthly = rental.per_hour * rental.hours_per_month;
}

void put_costs(Rental& rental, const Brief& brief) {
  const double months = brief.months * (1 - brief.terms.tax_rate);
  Ownership& own = rental.option.candidate.ownership;
  const Money nothing(0, brief.currency);
  own.purchase = own.electricity = own.resale = nothing;
  own.tax = rental.monthly * (brief.months * brief.terms.tax_rate);
  own.total = rental.monthly * months;
  own.total_low = rental.per_hour_low * (rental.hours_per_month * months);
  own.total_high = rental.per_hour_high * (rental.hours_per_month * months);
  own.monthly = own.total * (1.0 / brief.months);
}

}  // namespace

std::optional<Rental> cheapest_rental(const Catalog& catalog, Advice& advice) {
  const Brief& brief = advice.brief;
  if (brief.needs.constraints.local_only) return std::nullopt;
  const PlacementRules rules = placement_rules(advice, *advice.finder, true);
  std::optional<Rental> best;
  for (const std::string& id : rented_devices(catalog)) {
    const Result<const Device*> device = catalog.device(id);
    if (!device || !(*device)->memory_bandwidth) continue;
    const std::vector<const RentalPrice*> quotes = quotes_for(catalog, id, brief.as_of);
    if (quotes.empty()) continue;
    int most = kUsualMost;
    for (const RentalPrice* quote : quotes) most = std::max(most, quote->count);
    for (const int count : kCounts) {
      if (count > most) break;
      Rental rental;
      rental.quotes = quotes;
      put_prices(rental, brief, count);
      // More of them only cost more.
      if (best && !(rental.monthly < best->monthly)) break;
      Candidate candidate = rented_candidate(catalog, brief, **device, count);
      std::optional<Option> option = evaluate(brief, *advice.finder, candidate, rules);
      if (!option) continue;
      rental.option = *std::move(option);
      put_costs(rental, brief);
      rental.option.cost = rental.option.candidate.ownership.total;
      rental.option.score = ranking_scale(brief).score(rental.option);
      best = std::move(rental);
      break;
    }
  }
  return best;
}

std::string rental_words(const Rental& rental, const Advice& advice) {
  const std::string currency = advice.brief.currency;
  std::vector<std::string> models;
  for (const TargetAnswer& target : rental.option.targets) {
    const std::string words = run_words(*target.run);
    if (std::find(models.begin(), models.end(), words) == models.end()) models.push_back(words);
  }
  const auto hourly = [](const Money& m) { return significant(m.amount(), 3); };
  const std::size_t offers = rental.quotes.size();
  std::string newest;
  for (const RentalPrice* quote : rental.quotes) newest = std::max(newest, quote->date);
  return rental.option.candidate.label + " by the hour: " + hourly(rental.per_hour) + " " + currency + " (" +
         hourly(rental.per_hour_low) + " to " + hourly(rental.per_hour_high) + " in " + std::to_string(offers) +
         (offers == 1 ? " offer" : " offers") + ", newest " + newest + "), " + significant(rental.hours_per_month) +
         " h a month: " + whole_units(rental.option.candidate.ownership.total) + " " + currency + " over " +
         std::to_string(advice.brief.months) + " months for " + join(models, ", ") +
         "; all speeds met with a probability of " + percent_words(rental.option.placement.probability);
}

}  // namespace rigwise
