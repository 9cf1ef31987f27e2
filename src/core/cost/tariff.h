#pragma once

#include <string>

#include "core/base/result.h"
#include "core/cost/exchange.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// The newest price of a kWh of a region ("DE", in any case) whose currency has a rate.
///
/// Errors  a region without one, at `where`: the known ones are listed, then `otherwise` ("or electricity_per_kwh").
Result<const ElectricityPrice*> tariff_of_region(const Catalog& catalog, const Exchange& exchange,
                                                 const std::string& region, const std::string& where,
                                                 const std::string& otherwise);

}  // namespace rigwise
