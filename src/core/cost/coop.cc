#include "core/cost/coop.h"

#include <algorithm>
#include <cmath>

#include "core/cost/cash_flow.h"

namespace rigwise {
namespace {

bool is_present(const CoopMember& member, int month) {
  return member.joins <= month && month <= member.leaves.value_or(month);
}

/// An amount in whole cents, split so that the parts are whole cents and add up: of the payments so far, each gets the
/// largest remainder in cents.
std::vector<Money> cents_by_share(const Money& amount, const std::vector<double>& weights) {
  constexpr double kCentsPerNano = 1e-7;
  // One cent becomes one nano-unit, is split exactly, and becomes a cent again.
  const auto cents = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(amount.nanos()) * kCentsPerNano));
  std::vector<Money> parts = split_by_largest_remainder(Money::from_nanos(cents, amount.currency()), weights);
  for (Money& part : parts) part = Money::from_nanos(part.nanos() * 10'000'000, amount.currency());
  return parts;
}

}  // namespace

Result<CoopBill> coop_bill(const CoopTerms& terms, const Money& total, int months) {
  const std::string currency = total.currency();
  const Money nothing(0, currency);
  const CashLine reserve = paid_monthly("reserve", CashKind::maintenance, terms.reserve_per_month, 1, months, months);
  const Money all = in_whole_cents(total) + reserve.total();
  const CashLine dues = paid_monthly("dues", CashKind::subscription, all * (1.0 / months), 1, months, months);
  CoopBill bill;
  bill.reserve = reserve.total();
  bill.total = nothing;
  bill.members.reserve(terms.members.size());
  for (const CoopMember& member : terms.members) bill.members.push_back({member.name, {}, nothing});
  for (int month = 1; month <= months; ++month) {
    std::vector<double> weights;
    weights.reserve(terms.members.size());
    for (const CoopMember& member : terms.members) weights.push_back(is_present(member, month) ? member.share : 0);
    if (std::all_of(weights.begin(), weights.end(), [](double w) { return w <= 0; })) {
      return invalid("nobody is left to pay in month " + std::to_string(month), "",
                     "members whose months from joining to leaving cover the whole time");
    }
    Money due = dues.by_month[static_cast<std::size_t>(month)];
    // A twelfth of a cent may be lost in the division; the last month settles it.
    if (month == months) due += all - dues.total();
    const std::vector<Money> parts = cents_by_share(due, weights);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      bill.members[i].by_month.push_back(parts[i]);
      bill.members[i].total += parts[i];
    }
    bill.total += due;
  }
  return bill;
}

std::optional<int> fewest_members(const Money& total, int months, const Money& reserve, const Money& price_per_month) {
  if (price_per_month.nanos() <= 0) return std::nullopt;
  const double monthly = total.amount() / months + reserve.amount();
  const double members = std::ceil(monthly / price_per_month.amount() - 1e-9);
  return members > 1e9 ? std::nullopt : std::optional<int>(std::max(1, static_cast<int>(members)));
}

int most_members(const CoopTerms& terms, int months) {
  int most = 0;
  for (int month = 1; month <= months; ++month) {
    const auto present = std::count_if(terms.members.begin(), terms.members.end(),
                                       [&](const CoopMember& m) { return is_present(m, month); });
    most = std::max(most, static_cast<int>(present));
  }
  return most;
}

}  // namespace rigwise
