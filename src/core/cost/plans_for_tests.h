#pragma once

#include <rapidcheck.h>

#include <string>

#include "core/cost/cost_plan.h"

namespace rigwise {

/// A line of a bill with one price and a resale share.
inline BillLine bill_line(const std::string& name, double price, const std::string& currency, double resale_share = 0) {
  BillLine line;
  line.name = name;
  line.value = line.low = line.high = line.expected = Money(price, currency);
  line.stated_resale_share = resale_share;
  return line;
}

/// A plan that only has a price and a monthly bill.
inline CostPlan plain_plan(double price, double electricity_per_month, const std::string& currency) {
  CostPlan plan;
  plan.name = "machine";
  plan.per_kwh = Money(0, currency);
  if (price > 0) plan.bill = {bill_line("hardware", price, currency)};
  plan.electricity_per_month = Money(electricity_per_month, currency);
  return plan;
}

inline double any_amount(double most) { return static_cast<double>(*rc::gen::inRange(0, 1 << 30)) / (1 << 30) * most; }

/// Any plan at all: several lines, bills that begin and end, tax both ways, resale by age or by share.
inline CostPlan any_plan(int months) {
  const std::string currency = *rc::gen::element<std::string>("USD", "CAD", "SEK", "CHF", "EUR");
  CostPlan plan;
  plan.name = "any";
  plan.per_kwh = Money(any_amount(2), currency);
  const int lines = *rc::gen::inRange(0, 6);
  for (int i = 0; i < lines; ++i) {
    BillLine line = bill_line("part " + std::to_string(i), any_amount(40000), currency, any_amount(1));
    if (*rc::gen::arbitrary<bool>()) line.stated_resale_share.reset();
    plan.bill.push_back(line);
  }
  plan.bought_month = *rc::gen::inRange(0, months + 1);
  plan.idle_w = any_amount(300);
  plan.load_w = plan.idle_w + any_amount(1500);
  plan.hours.on = any_amount(730.5);
  plan.hours.load = any_amount(plan.hours.on);
  const int bills = *rc::gen::inRange(0, 5);
  for (int i = 0; i < bills; ++i) {
    MonthlyBill bill{"bill " + std::to_string(i),
                     *rc::gen::element(CashKind::warranty, CashKind::subscription, CashKind::api, CashKind::avoided),
                     Money(any_amount(500), currency)};
    if (bill.kind == CashKind::avoided) bill.per_month = bill.per_month * -1;
    bill.first = *rc::gen::inRange(1, months + 1);
    if (*rc::gen::arbitrary<bool>()) bill.last = *rc::gen::inRange(1, months + 1);
    plan.bills.push_back(bill);
  }
  plan.resale = *rc::gen::arbitrary<bool>();
  plan.tax = {any_amount(0.5), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
  plan.whole_units = *rc::gen::arbitrary<bool>();
  return plan;
}

}  // namespace rigwise
