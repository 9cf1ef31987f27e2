#pragma once

#include <string>
#include <vector>

#include "core/cost/exchange.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// People with the same subscriptions, which a machine of one's own would replace.
struct SeatGroup {
  std::string name;
  int count = 1;
  Money per_month;                    ///< of one of them
  std::vector<std::string> replaces;  ///< services
  std::string basis;                  ///< where the price is from

  Money monthly() const { return per_month * count; }
};

/// The seats of people with a role ("developer", "Developers"): what the services that it replaces cost.
/// Errors list the roles; a role that replaces nothing priced is an error too.
Result<SeatGroup> seats_of_role(const Catalog& catalog, const std::string& role, int count, const Exchange& exchange,
                                const std::string& currency);

/// The seats of a service by its name ("Claude Pro"): the newest price on that date, in the asked currency if it has
/// one. Errors list the nearest names.
Result<SeatGroup> seats_of_service(const Catalog& catalog, const std::string& service, int count,
                                   const Exchange& exchange, const std::string& currency, const std::string& as_of);

Money monthly_of(const std::vector<SeatGroup>& groups, const std::string& currency);

}  // namespace rigwise
