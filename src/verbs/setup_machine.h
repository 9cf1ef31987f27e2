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

/// Price of a kWh: the one given, else the catalog's newest for the currency, else the newest of all, converted.
/// `words` says which ("0.17 USD/kWh, US (recalled)").
Money electricity_price(const Catalog& catalog, const Exchange& exchange, const std::string& currency,
                        std::optional<double> given, std::string& words);

}  // namespace rigwise
