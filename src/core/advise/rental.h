#pragma once

#include <optional>
#include <string>

#include "core/advise/changes.h"

namespace rigwise {

/// The cheapest rented GPUs on which everything that is asked for runs at the minimum speeds, paid for the hours of use
/// (all hours where the needs say always on).
///
///     rent = median price of a device-hour over providers * devices * hours a month * months, less tax
///
/// Takes  catalog.rentals of on-demand and community tiers that are at most a year old; 1 or 2 devices, and 4 or 8
/// where
///        somebody offers them in one instance.
/// Gives  nothing where prompts may not leave the house, or nobody rents out anything that would do.
/// Holds  without storage and transfer, and with the time to load the models each day unpaid.
std::optional<Rental> cheapest_rental(const Catalog& catalog, Advice& advice);

/// "1x NVIDIA H100 80GB SXM by the hour: 2.69 USD (1.99-3.99 at 6 providers, 2026-11), 245 USD a month ..."
std::string rental_words(const Rental& rental, const Advice& advice);

}  // namespace rigwise
