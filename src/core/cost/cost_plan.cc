#include "core/cost/cost_plan.h"

#include <algorithm>

#include "core/cost/calendar.h"

namespace rigwise {
namespace {

Money sum_of(const CostPlan& plan, Money BillLine::* amount) {
  Money sum(0, plan.currency());
  for (const BillLine& line : plan.bill) sum += line.*amount;
  return sum;
}

CostPlan with_prices(CostPlan plan, Money BillLine::* amount) {
  for (BillLine& line : plan.bill) line.value = line.*amount;
  return plan;
}

void add(CashFlow& flow, CashLine line, bool whole_units) {
  if (whole_units) round_total(line);
  flow.lines.push_back(std::move(line));
}

void add_running(CashFlow& flow, const CostPlan& plan) {
  const bool has_machine = plan.idle_w > 0 || plan.load_w > 0 || plan.electricity_per_month;
  const Money by_watts = plan.per_kwh * kwh_per_month(plan.idle_w, plan.load_w, plan.hours);
  if (has_machine) {
    add(flow,
        paid_monthly("electricity", CashKind::electricity, plan.electricity_per_month.value_or(by_watts),
                     plan.bought_month + 1, flow.months, flow.months),
        plan.whole_units);
  }
  for (const MonthlyBill& bill : plan.bills) {
    const int last = std::min(bill.last.value_or(flow.months), flow.months);
    add(flow, paid_monthly(bill.name, bill.kind, bill.per_month, bill.first, last, flow.months), plan.whole_units);
  }
}

/// Three lines, so that each treatment can be seen: hardware, what runs on, what is sold.
void add_tax(CashFlow& flow, const CostPlan& plan) {
  std::vector<const CashLine*> hardware, running, sold;
  for (const CashLine& line : flow.lines) {
    if (line.kind == CashKind::purchase) {
      hardware.push_back(&line);
    } else if (line.kind == CashKind::resale) {
      sold.push_back(&line);
    } else if (line.kind != CashKind::avoided || plan.tax.avoided_is_taxed) {
      running.push_back(&line);
    }
  }
  std::vector<CashLine> taxes;
  const auto deduct = [&](const char* name, const std::vector<const CashLine*>& of) {
    if (of.empty()) return;
    taxes.push_back(paid_as_share(name, CashKind::tax, of, -plan.tax.rate, flow.currency, flow.months));
  };
  deduct("hardware deduction", hardware);
  deduct("expenses deduction", running);
  if (plan.tax.resale_is_taxed) deduct("tax on resale", sold);
  for (CashLine& line : taxes) add(flow, std::move(line), plan.whole_units);
}

}  // namespace

Money CostPlan::price() const { return sum_of(*this, &BillLine::value); }
Money CostPlan::price_low() const { return sum_of(*this, &BillLine::low); }
Money CostPlan::price_high() const { return sum_of(*this, &BillLine::high); }

CashFlow cash_flow(const CostPlan& plan, int months) {
  CashFlow flow;
  flow.currency = plan.currency();
  flow.months = months;
  for (const BillLine& line : plan.bill) {
    add(flow, paid_once(line.name, CashKind::purchase, line.value, plan.bought_month, months), plan.whole_units);
  }
  add_running(flow, plan);
  if (plan.resale) {
    for (const BillLine& line : plan.bill) {
      const Money sold = resale_value(line, months - plan.bought_month, plan.resale_share);
      if (sold.is_zero()) continue;
      add(flow, paid_once("resale: " + line.name, CashKind::resale, sold * -1, months, months), plan.whole_units);
    }
  }
  if (plan.tax.rate > 0) add_tax(flow, plan);
  return flow;
}

CostPlan plan_of_machine(const Machine& machine, const Money& per_kwh) {
  CostPlan plan;
  plan.bill = machine.bill;
  plan.idle_w = machine.idle_w;
  plan.load_w = machine.load_w;
  plan.hours.on = kHoursPerMonth;
  plan.per_kwh = per_kwh;
  return plan;
}

CostPlan without_resale(CostPlan plan) {
  plan.resale = false;
  return plan;
}

CostPlan comparable(CostPlan plan) {
  std::erase_if(plan.bills, [](const MonthlyBill& bill) {
    return bill.kind == CashKind::avoided || bill.kind == CashKind::subscription || bill.kind == CashKind::api;
  });
  return plan;
}

CostPlan at_price(CostPlan plan, double factor) {
  for (BillLine& line : plan.bill) line.value = line.value * factor;
  return plan;
}

CostPlan at_low_price(CostPlan plan) { return with_prices(std::move(plan), &BillLine::low); }
CostPlan at_high_price(CostPlan plan) { return with_prices(std::move(plan), &BillLine::high); }

}  // namespace rigwise
