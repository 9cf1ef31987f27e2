#pragma once

#include <optional>
#include <string>

#include "core/cost/machine.h"
#include "core/facts/setup.h"

namespace rigwise {

/// A set-up as a whole machine with today's prices.
struct SetupMachine {
  Machine machine;
  std::string why_not;  ///< no price, or it cannot be built; power and noise are given all the same
};

/// Prices every part (whole builds by their own record) and puts bare cards into a host.
SetupMachine setup_machine(const Catalog& catalog, const Setup& setup, const Exchange& exchange,
                           const std::string& currency, const std::string& as_of);

/// What a request says about the price of a kWh.
struct ElectricityWish {
  std::optional<double> per_kwh;      ///< in the asked currency; counts before the region's
  std::optional<std::string> region;  ///< "DE": the catalog's newest price there
  std::string region_key = "region";  ///< where the request says the region
  std::string per_kwh_key;            ///< and where a price of one's own; empty: nowhere
};

/// Price of a kWh: the one given, else the region's, else the catalog's newest for the currency, else the newest of
/// all, converted. `words` says which ("0.17 USD/kWh, US (recalled)").
///
/// Errors  a region without a price, whether or not a price is given.
Result<Money> electricity_price(const Catalog& catalog, const Exchange& exchange, const std::string& currency,
                                const ElectricityWish& wish, std::string& words);

}  // namespace rigwise
