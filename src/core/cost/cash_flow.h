#pragma once

#include <string>
#include <vector>

#include "core/cost/money.h"

namespace rigwise {

/// What a payment is for.
enum class CashKind {
  purchase,
  electricity,
  warranty,
  maintenance,
  subscription,  ///< kept beside the machine
  api,
  seats,
  rent,
  avoided,  ///< bills that are no longer paid: negative
  resale,   ///< negative
  tax       ///< saved: negative; due on what was sold: positive
};
const char* cash_kind_name(CashKind k);

/// Payments of one kind, whole cents: what one spends is positive, what comes back negative.
struct CashLine {
  std::string name;
  CashKind kind = CashKind::purchase;
  std::vector<Money> by_month;  ///< [0] on the day it begins, [m] at the end of month m

  Money total() const;
};

/// All payments of a plan, day by day of payment: every sum over it is exact, whichever way one adds.
struct CashFlow {
  std::string currency;
  int months = 0;
  std::vector<CashLine> lines;

  Money total() const;
  Money total_of(CashKind kind) const;
  /// Paid until the end of each month; [0] on the first day.
  std::vector<Money> cumulative() const;
};

/// A payment on one day.
CashLine paid_once(std::string name, CashKind kind, const Money& amount, int month, int months);

/// The same every month from `first` to `last` (1..months). Nobody pays fractions of a cent: what is paid until the end
/// of a month is the exact sum until then, rounded, so that the rounding never adds up.
CashLine paid_monthly(std::string name, CashKind kind, const Money& per_month, int first, int last, int months);

/// A share of other payments, on the days when they are made (a deduction is a negative share).
CashLine paid_as_share(std::string name, CashKind kind, const std::vector<const CashLine*>& of, double share,
                       const std::string& currency, int months);

/// Sums of the years: the first holds the day it begins, the last may be short.
std::vector<Money> by_year(const CashLine& line);
std::vector<Money> by_year(const CashFlow& flow);

/// What the payments are worth on the first day.
///
///     sum over months of payment / (1 + yearly_rate) ^ (month / 12)
///
/// Takes  a yearly rate above -1; 0 changes nothing.
/// Gives  the same lines in whole cents, so that discounted parts add up too.
CashFlow discounted(const CashFlow& flow, double yearly_rate);

/// Makes the line's total a whole number of units; the last payment takes the difference. As printed tables do.
void round_total(CashLine& line);

/// True when an amount comes near the limit of Money, beyond which sums would not be exact.
bool is_too_large(const CashFlow& flow);

}  // namespace rigwise
