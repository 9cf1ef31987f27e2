#include "core/cost/ownership.h"

#include <algorithm>

namespace rigwise {

double kwh_per_month(double idle_w, double load_w, const MachineHours& hours) {
  const double load = std::min(hours.load, hours.on);
  return (idle_w * (hours.on - load) + load_w * load) / 1000;
}

Money resale_value(const BillLine& line, double months, std::optional<double> share) {
  const double by_age = resale_share(line.kept_at_sale, line.yearly_retention, months);
  return line.value * line.stated_resale_share.value_or(share.value_or(by_age));
}

Ownership ownership(const Machine& machine, const OwnershipTerms& terms) {
  Ownership o;
  o.kwh_per_month = kwh_per_month(machine.idle_w, machine.load_w, terms.hours);
  o.purchase = machine.value;
  o.electricity = terms.per_kwh * (o.kwh_per_month * terms.months);
  o.resale = machine.value * 0;
  if (terms.resale) {
    for (const BillLine& line : machine.bill) o.resale += resale_value(line, terms.months, terms.resale_share);
  }
  o.resale_share = o.purchase.nanos() > 0 ? o.resale.amount() / o.purchase.amount() : 0;
  o.tax = (o.purchase + o.electricity - o.resale) * terms.tax_rate;
  o.total = o.purchase + o.electricity - o.resale - o.tax;
  o.monthly = o.total * (1.0 / terms.months);
  const double after_tax = 1 - terms.tax_rate;
  o.total_low = o.total + (machine.low - machine.value) * after_tax;
  o.total_high = o.total + (machine.high - machine.value) * after_tax;
  return o;
}

}  // namespace rigwise
