#include "core/cost/ownership.h"

#include <algorithm>

namespace rigwise {

Ownership ownership(const Machine& machine, const OwnershipTerms& terms) {
  Ownership o;
  const double idle_hours = std::max(0.0, terms.hours.on - terms.hours.load);
  o.kwh_per_month = (machine.idle_w * idle_hours + machine.load_w * terms.hours.load) / 1000;
  o.purchase = machine.value;
  o.electricity = terms.per_kwh * (o.kwh_per_month * terms.months);
  o.resale = machine.value * 0;
  if (terms.resale) {
    for (const BillLine& line : machine.bill) {
      o.resale += line.value *
                  terms.resale_share.value_or(resale_share(line.kept_at_sale, line.yearly_retention, terms.months));
    }
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
