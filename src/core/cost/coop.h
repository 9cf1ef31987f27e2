#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/cost/money.h"

namespace rigwise {

/// Somebody who shares a machine.
struct CoopMember {
  std::string name;
  double share = 1;           ///< weight against the others
  int joins = 1;              ///< first month that is paid
  std::optional<int> leaves;  ///< last month that is paid; absent: stays
};

struct CoopTerms {
  std::vector<CoopMember> members;
  Money reserve_per_month;  ///< put aside for repairs, above cost
};

/// What each member pays, month by month; [0] is the first month.
struct CoopBill {
  struct Account {
    std::string name;
    std::vector<Money> by_month;
    Money total;
  };
  std::vector<Account> members;
  Money total, reserve;  ///< all that is paid, and the part of it that is put aside
};

/// Shares of a plan's cost.
///
///     a month's cost = total / months + reserve, split over those present by their shares
///
/// Takes  the plan's total over `months`, resale in it; members of one month at least.
/// Gives  payments that add up to total + months * reserve to the cent, whoever joins or leaves. Whoever comes late
///        pays nothing for the months before; whoever goes takes nothing along.
/// Errors a month in which nobody is left to pay.
Result<CoopBill> coop_bill(const CoopTerms& terms, const Money& total, int months);

/// The fewest members of equal shares that a monthly price each pays for; absent when the price is 0 or less.
///
///     ceil((total / months + reserve) / price)
std::optional<int> fewest_members(const Money& total, int months, const Money& reserve, const Money& price_per_month);

/// Most members present in one month.
int most_members(const CoopTerms& terms, int months);

}  // namespace rigwise
