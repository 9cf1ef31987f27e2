#include "core/cost/seats.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "core/facts/roles.h"

namespace rigwise {
Result<SeatGroup> seats_of_role(const Catalog& catalog, const std::string& role, int count, const Exchange& exchange,
                                const std::string& currency) {
  const Role* found = find_role(catalog, role);
  if (found == nullptr) {
    Error error = unknown_role(catalog, role, "role");
    error.try_this += "; or a name with a price of your own";
    return fail(std::move(error));
  }
  if (!found->saved_per_month || !exchange.knows(found->currency)) {
    return invalid("the catalog knows no subscriptions that the role \"" + found->id + "\" would give up", "role",
                   "a name with a price of your own");
  }
  return SeatGroup{found->name, count, exchange.convert(*found->saved_per_month, found->currency, currency),
                   found->replaces,
                   "role " + found->id + ": " + join(found->replaces, " + ") + ", " +
                       significant(*found->saved_per_month) + " " + found->currency + " a month"};
}

Result<SeatGroup> seats_of_service(const Catalog& catalog, const std::string& service, int count,
                                   const Exchange& exchange, const std::string& currency, const std::string& as_of) {
  const std::string folded = fold_name(service);
  const SaasPrice* best = nullptr;
  std::vector<std::string> names;
  for (const SaasPrice& seat : catalog.saas_prices) {
    if (std::find(names.begin(), names.end(), seat.service) == names.end()) names.push_back(seat.service);
    if (fold_name(seat.service) != folded || !seat.price || !exchange.knows(seat.currency)) continue;
    if (is_after(seat.date, as_of)) continue;
    const bool own = seat.currency == currency, best_own = best != nullptr && best->currency == currency;
    if (best == nullptr || (own && !best_own) || (own == best_own && best->date < seat.date)) best = &seat;
  }
  if (best == nullptr) {
    return fail({ErrorCode::not_found, "the catalog has no price of \"" + service + "\"", "name",
                 "a price of your own, or a name that `rigwise catalog saas_prices` lists",
                 nearest_names(service, names)});
  }
  return SeatGroup{best->service,
                   count,
                   exchange.convert(*best->price, best->currency, currency),
                   {best->service},
                   significant(*best->price, 4) + " " + best->currency + " (" + best->plan + ", " + best->date + ")"};
}

Money monthly_of(const std::vector<SeatGroup>& groups, const std::string& currency) {
  Money sum(0, currency);
  for (const SeatGroup& group : groups) sum += group.monthly();
  return sum;
}

}  // namespace rigwise
