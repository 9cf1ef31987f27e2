#pragma once

#include <optional>

#include "core/cost/machine.h"

namespace rigwise {

/// Hours of a month (730.5 h) in which the machine runs, and of those in which it works.
struct MachineHours {
  double on = 0, load = 0;
};

struct OwnershipTerms {
  int months = 36;
  MachineHours hours;
  Money per_kwh;
  double tax_rate = 0;
  bool resale = false;
  std::optional<double> resale_share;  ///< of the purchase price; else by kind and age
};

/// Energy of a month: (idle_w * (on - load) + load_w * load) / 1000; a machine works only while it is on.
double kwh_per_month(double idle_w, double load_w, const MachineHours& hours);

/// What a line of the bill fetches after so many months: its stated share of the price, else `share` for all of the
/// bill, else resale_share() by kind and age.
Money resale_value(const BillLine& line, double months, std::optional<double> share);

/// What owning a machine costs over the horizon, nominal.
struct Ownership {
  Money purchase, electricity, resale, tax, total, monthly;
  double resale_share = 0;      ///< resale / purchase
  Money total_low, total_high;  ///< with the low and high purchase price
  double kwh_per_month = 0;
};

/// Cost of ownership over a horizon.
///
///     resale        = sum over the bill of resale_value()
///     electricity   = kwh_per_month() * months * price of a kWh
///     tax           = tax_rate * (purchase + electricity - resale)
///     total         = purchase + electricity - resale - tax
///
/// Takes  a machine of one currency and terms in the same currency; on >= load.
/// Gives  money in that currency; `monthly` is total / months.
/// Holds  without warranty, repair and one's own hours; nothing is discounted. What was deducted when it was bought is
///        income when it is sold, so resale is taxed. Seed S0-31 leaves it untaxed: 3,735 CAD of tax saved instead of
///        1,388. cash_flow.h pays the same month by month, beside what else a plan costs.
/// From   seed S0-31.
Ownership ownership(const Machine& machine, const OwnershipTerms& terms);

}  // namespace rigwise
