#include "core/cost/cash_flow.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rigwise {
namespace {

std::vector<Money> nothing(const std::string& currency, int months) {
  return std::vector<Money>(static_cast<std::size_t>(months) + 1, Money(0, currency));
}

/// Payments that bring what is paid so far to the rounded exact sums.
std::vector<Money> payments_of(const std::vector<Money>& exact_sums) {
  std::vector<Money> payments;
  payments.reserve(exact_sums.size());
  Money paid = exact_sums.front() * 0;
  for (const Money& exact : exact_sums) {
    payments.push_back(in_whole_cents(exact) - paid);
    paid += payments.back();
  }
  return payments;
}

}  // namespace

const char* cash_kind_name(CashKind k) {
  switch (k) {
    case CashKind::purchase: return "purchase";
    case CashKind::electricity: return "electricity";
    case CashKind::warranty: return "warranty";
    case CashKind::maintenance: return "maintenance";
    case CashKind::subscription: return "subscription";
    case CashKind::api: return "api";
    case CashKind::seats: return "seats";
    case CashKind::rent: return "rent";
    case CashKind::avoided: return "avoided";
    case CashKind::resale: return "resale";
    case CashKind::tax: return "tax";
  }
  return "";
}

Money CashLine::total() const {
  Money sum = by_month.front();
  for (std::size_t m = 1; m < by_month.size(); ++m) sum += by_month[m];
  return sum;
}

Money CashFlow::total() const {
  Money sum(0, currency);
  for (const CashLine& line : lines) sum += line.total();
  return sum;
}

Money CashFlow::total_of(CashKind kind) const {
  Money sum(0, currency);
  for (const CashLine& line : lines) {
    if (line.kind == kind) sum += line.total();
  }
  return sum;
}

std::vector<Money> CashFlow::cumulative() const {
  std::vector<Money> sums = nothing(currency, months);
  for (const CashLine& line : lines) {
    for (std::size_t m = 0; m < sums.size(); ++m) sums[m] += line.by_month[m];
  }
  for (std::size_t m = 1; m < sums.size(); ++m) sums[m] += sums[m - 1];
  return sums;
}

CashLine paid_once(std::string name, CashKind kind, const Money& amount, int month, int months) {
  CashLine line{std::move(name), kind, nothing(amount.currency(), months)};
  line.by_month[static_cast<std::size_t>(month)] = in_whole_cents(amount);
  return line;
}

CashLine paid_monthly(std::string name, CashKind kind, const Money& per_month, int first, int last, int months) {
  std::vector<Money> sums = nothing(per_month.currency(), months);
  for (int m = first; m <= months; ++m) {
    sums[static_cast<std::size_t>(m)] = per_month * std::max(0, std::min(m, last) - first + 1);
  }
  return {std::move(name), kind, payments_of(sums)};
}

CashLine paid_as_share(std::string name, CashKind kind, const std::vector<const CashLine*>& of, double share,
                       const std::string& currency, int months) {
  std::vector<Money> sums = nothing(currency, months);
  Money base(0, currency);
  for (std::size_t m = 0; m < sums.size(); ++m) {
    for (const CashLine* line : of) base += line->by_month[m];
    sums[m] = base * share;
  }
  return {std::move(name), kind, payments_of(sums)};
}

std::vector<Money> by_year(const CashLine& line) {
  std::vector<Money> years;
  for (std::size_t m = 0; m < line.by_month.size(); ++m) {
    const std::size_t year = m == 0 ? 0 : (m - 1) / 12;
    if (year == years.size()) years.push_back(line.by_month[m] * 0);
    years[year] += line.by_month[m];
  }
  return years;
}

std::vector<Money> by_year(const CashFlow& flow) {
  const auto years = static_cast<std::size_t>(std::max(1, (flow.months + 11) / 12));
  std::vector<Money> sums(years, Money(0, flow.currency));
  for (const CashLine& line : flow.lines) {
    const std::vector<Money> of_line = by_year(line);
    for (std::size_t y = 0; y < of_line.size(); ++y) sums[y] += of_line[y];
  }
  return sums;
}

CashFlow discounted(const CashFlow& flow, double yearly_rate) {
  CashFlow result = flow;
  if (yearly_rate == 0) return result;
  const double monthly = std::pow(1 + yearly_rate, -1.0 / 12);
  for (CashLine& line : result.lines) {
    double factor = 1;
    Money worth(0, flow.currency);
    for (Money& payment : line.by_month) {
      worth += payment * factor;
      payment = worth;
      factor *= monthly;
    }
    line.by_month = payments_of(line.by_month);
  }
  return result;
}

void round_total(CashLine& line) {
  const Money total = line.total();
  for (std::size_t m = line.by_month.size(); m-- > 0;) {
    if (line.by_month[m].is_zero()) continue;
    line.by_month[m] += in_whole_units(total) - total;
    return;
  }
}

bool is_too_large(const CashFlow& flow) {
  constexpr double kMost = 4e9;  // half of what Money holds, so that differences of two flows are exact too
  double sum = 0;
  for (const CashLine& line : flow.lines) {
    for (const Money& payment : line.by_month) sum += std::abs(payment.amount());
  }
  return sum > kMost;
}

}  // namespace rigwise
