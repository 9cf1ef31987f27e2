#include "core/cost/coop.h"

#include <algorithm>
#include <cmath>

#include "core/cost/cash_flow.h"

namespace rigwise {
namespace {

constexpr double kDust = 1e-7;  // of a cent

bool is_present(const CoopMember& member, int month) {
  return member.joins <= month && month <= member.leaves.value_or(month);
}

constexpr std::int64_t kNanosPerCent = 10'000'000;

/// What each member has paid and what would have been fair, in cents.
struct Account {
  double fair = 0;
  std::int64_t paid = 0;
};

/// A month's due in whole cents by share: everybody pays the whole cents of a share, and the few cents that are left go
/// to those who lag furthest behind what is fair so far (ties: the earlier). Over months nobody is ahead for long.
std::vector<Money> split_due(const Money& due, const std::vector<double>& weights, std::vector<Account>& accounts) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  const std::int64_t cents = std::llround(static_cast<double>(due.nanos()) / static_cast<double>(kNanosPerCent));
  std::vector<std::int64_t> parts(weights.size(), 0);
  std::vector<std::size_t> present;
  present.reserve(weights.size());
  std::int64_t left = cents;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    const double fair = static_cast<double>(cents) * weights[i] / sum;
    accounts[i].fair += fair;
    parts[i] = static_cast<std::int64_t>(std::floor(fair));
    left -= parts[i];
    present.push_back(i);
  }
  const auto lag = [&](std::size_t i) { return accounts[i].fair - static_cast<double>(accounts[i].paid + parts[i]); };
  std::stable_sort(present.begin(), present.end(),
                   [&](std::size_t a, std::size_t b) { return lag(a) > lag(b) + kDust; });
  for (std::size_t k = 0; left > 0; k = (k + 1) % present.size(), --left) ++parts[present[k]];
  std::vector<Money> amounts;
  amounts.reserve(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    accounts[i].paid += parts[i];
    amounts.push_back(Money::from_nanos(parts[i] * kNanosPerCent, due.currency()));
  }
  return amounts;
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
  std::vector<Account> accounts(terms.members.size());
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
    const std::vector<Money> parts = split_due(due, weights, accounts);
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
