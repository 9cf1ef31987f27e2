#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cost/cash_flow.h"
#include "core/cost/ownership.h"

namespace rigwise {

/// A bill that comes every month.
struct MonthlyBill {
  std::string name;
  CashKind kind = CashKind::subscription;
  Money per_month;
  int first = 1;                 ///< month of the first payment
  std::optional<int> last = {};  ///< absent: to the end
};

/// How tax treats a plan: everything spent is deducted at one rate, on the day it is spent.
struct TaxRules {
  double rate = 0;
  bool resale_is_taxed = true;   ///< what was deducted when bought is income when sold
  bool avoided_is_taxed = true;  ///< a bill no longer paid is no longer deducted
};

/// A way to get the work done and what it costs: a machine with what it takes to run it, or bills alone.
struct CostPlan {
  std::string name;
  std::vector<BillLine> bill;  ///< bought on day `bought_month`; empty: nothing is bought
  int bought_month = 0;
  double idle_w = 0, load_w = 0;
  MachineHours hours;
  Money per_kwh;
  std::optional<Money> electricity_per_month;  ///< stated, instead of watts and hours
  std::vector<MonthlyBill> bills;
  bool resale = false;
  std::optional<double> resale_share;  ///< for every line that states none of its own
  TaxRules tax;
  bool whole_units = false;  ///< each line's total rounded before adding, as printed tables are

  std::string currency() const { return per_kwh.currency(); }
  /// What one pays on the day of purchase.
  Money price() const;
  Money price_low() const;
  Money price_high() const;
};

/// The payments of a plan, month by month.
///
///     purchase      on its day, each line of the bill apart
///     electricity   kwh_per_month() * price of a kWh, every month after it
///     bills         every month from their first to their last
///     resale        at the end of the last month, resale_value() of each line at its age
///     tax           -rate * what is spent, +rate * what the resale brings where that is taxed
///
/// Takes  amounts of one currency; months >= 1, bought_month <= months.
/// Gives  lines in whole cents; purchase, running and resale before tax, tax in lines of its own.
/// Holds  nominal; discounted() for what it is worth today. A deduction is counted on the day of its expense, not when
///        the tax is filed; hardware is deducted at once.
/// From   seed S0-31: purchase 14,094, running 4,842, resale 8,856, tax 3,735 + 1,665, together 4,680 CAD.
CashFlow cash_flow(const CostPlan& plan, int months);

/// A machine's plan, on all day; who uses it sets its hours.
CostPlan plan_of_machine(const Machine& machine, const Money& per_kwh);

CostPlan without_resale(CostPlan plan);

/// The plan as it is compared with another way to do the same work: without what it spares, which is what the other
/// costs, and without what is kept beside it and paid either way.
CostPlan comparable(CostPlan plan);

/// The plan with every price of the bill multiplied.
CostPlan at_price(CostPlan plan, double factor);

/// The plan at the low or the high end of its prices.
CostPlan at_low_price(CostPlan plan);
CostPlan at_high_price(CostPlan plan);

}  // namespace rigwise
