#include "core/cost/sensitivity.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

/// The volume that the machine writes and reads when it is busy a share of the hours.
TokenVolume volume_at(const CostCase& c, double utilisation) {
  const double busy = c.speed && c.volume.total() > 0 ? busy_hours(c.volume, *c.speed) : 0;
  return busy > 0 ? c.volume.times(c.hours_in_use * utilisation / busy) : c.volume;
}

double measured(const CaseOutcome& outcome, Measure measure) {
  switch (measure) {
    case Measure::saving: return outcome.saving ? outcome.saving->amount() : 0;
    case Measure::output_per_mtok: return outcome.tokens ? outcome.tokens->output.total.value : 0;
    case Measure::total: return outcome.total.amount();
  }
  return 0;
}

CostPlan with_resale_times(CostPlan plan, int months, double factor) {
  for (BillLine& line : plan.bill) {
    const Money sold = resale_value(line, months - plan.bought_month, plan.resale_share);
    if (line.value.nanos() > 0) line.stated_resale_share = std::min(1.0, factor * sold.amount() / line.value.amount());
  }
  return plan;
}

ServingSpeed at_speed(const ServingSpeed& speed, double factor) {
  const auto scaled = [&](const Band& b) { return Band{b.value * factor, b.low * factor, b.high * factor}; };
  return {scaled(speed.prefill), scaled(speed.decode_total)};
}

/// The rows of one case, each made by moving one figure.
class Tornado {
 public:
  explicit Tornado(const CostCase& c) : case_(c), measure_(measure_of(outcome_of(c))) {}

  template <class Move>
  void add(const char* figure, const Range& range, const Move& move) {
    SensitivityRow row{figure, range.low, range.high, moved(range.low, move), moved(range.high, move), 0};
    row.swing = std::abs(measured(row.at_high, measure_) - measured(row.at_low, measure_));
    rows_.push_back(std::move(row));
  }

  std::vector<SensitivityRow> sorted() && {
    std::stable_sort(rows_.begin(), rows_.end(), [](const SensitivityRow& a, const SensitivityRow& b) {
      return a.swing != b.swing ? a.swing > b.swing : a.figure < b.figure;
    });
    return std::move(rows_);
  }

 private:
  template <class Move>
  CaseOutcome moved(double factor, const Move& move) const {
    CostCase copy = case_;
    move(copy, factor);
    return outcome_of(copy);
  }

  const CostCase& case_;
  Measure measure_;
  std::vector<SensitivityRow> rows_;
};

/// The machine's own band, or a fifth either way when its price has none.
Range price_range(const CostPlan& plan) {
  const double price = plan.price().amount();
  if (price <= 0) return {1, 1};
  const Range band{plan.price_low().amount() / price, plan.price_high().amount() / price};
  return band.low < 1 || band.high > 1 ? band : Range{0.8, 1.2};
}

Range speed_range(const ServingSpeed& speed) {
  const Band& b = speed.decode_total;
  return b.value > 0 ? Range{b.low / b.value, b.high / b.value} : Range{1, 1};
}

void add_usage_rows(Tornado& tornado, const CostCase& c, const SensitivityRanges& ranges) {
  if (c.volume.total() > 0 && !c.volume_follows_utilisation) {
    tornado.add("volume", ranges.volume, [](CostCase& copy, double f) { copy.volume = copy.volume.times(f); });
  }
  if (!c.speed) return;
  const Range utilisation{ranges.utilisation.low, std::min(ranges.utilisation.high, 1 / utilisation_of(c))};
  tornado.add("utilisation", utilisation, [](CostCase& copy, double f) {
    copy.utilisation = utilisation_of(copy) * f;
    copy.utilisation_follows_volume = false;
    if (copy.volume_follows_utilisation) copy.volume = volume_at(copy, copy.utilisation);
  });
  tornado.add("speed", ranges.speed.value_or(speed_range(*c.speed)),
              [](CostCase& copy, double f) { copy.speed = at_speed(*copy.speed, f); });
}

}  // namespace

const char* measure_name(Measure m) {
  switch (m) {
    case Measure::saving: return "saving";
    case Measure::output_per_mtok: return "output_cost_per_mtok";
    case Measure::total: return "total";
  }
  return "";
}

Measure measure_of(const CaseOutcome& outcome) {
  return outcome.saving ? Measure::saving : outcome.tokens ? Measure::output_per_mtok : Measure::total;
}

double utilisation_of(const CostCase& c) {
  if (!c.utilisation_follows_volume || !c.speed || c.volume.total() <= 0) return c.utilisation;
  return std::min(1.0, busy_hours(c.volume, *c.speed) / c.hours_in_use);
}

CostPlan local_plan(const CostCase& c) {
  CostPlan plan = c.local;
  const bool known = c.speed && c.volume.total() > 0;
  const double busy = known ? busy_hours(c.volume, *c.speed) : c.utilisation * c.hours_in_use;
  plan.hours.load = std::min(busy, plan.hours.on);
  return plan;
}

std::optional<CostPlan> rival_plan(const CostCase& c) {
  if (c.api && c.volume.total() > 0) {
    return plan_of_bill(c.api->name, CashKind::api, monthly_bill(*c.api, c.volume), c.local.tax);
  }
  return c.rival;
}

CaseOutcome outcome_of(const CostCase& c) {
  CaseOutcome outcome;
  const CostPlan plan = local_plan(c);
  outcome.total = cash_flow(plan, c.months).total();
  if (const std::optional<CostPlan> rival = rival_plan(c)) {
    const CostPlan own = comparable(plan);
    outcome.saving = cash_flow(*rival, c.months).total() - cash_flow(own, c.months).total();
    outcome.break_even_months = break_even(own, *rival).months;
  }
  if (c.speed) {
    outcome.tokens = token_cost(plan, c.months, *c.speed, c.hours_in_use, utilisation_of(c), c.volume);
  }
  return outcome;
}

std::vector<SensitivityRow> sensitivity_of(const CostCase& c, const SensitivityRanges& ranges) {
  Tornado tornado(c);
  add_usage_rows(tornado, c, ranges);
  if (c.local.price().nanos() > 0) {
    tornado.add("price", ranges.price.value_or(price_range(c.local)),
                [](CostCase& copy, double f) { copy.local = at_price(copy.local, f); });
  }
  tornado.add("electricity", ranges.electricity, [](CostCase& copy, double f) {
    copy.local.per_kwh = copy.local.per_kwh * f;
    if (copy.local.electricity_per_month) *copy.local.electricity_per_month = *copy.local.electricity_per_month * f;
  });
  if (c.local.resale) {
    tornado.add("resale", ranges.resale,
                [](CostCase& copy, double f) { copy.local = with_resale_times(copy.local, copy.months, f); });
  }
  if (c.api && c.volume.total() > 0) {
    tornado.add("api_price", ranges.api_price, [](CostCase& copy, double f) {
      copy.api->input = copy.api->input * f;
      copy.api->output = copy.api->output * f;
      if (copy.api->cached) *copy.api->cached = *copy.api->cached * f;
    });
  }
  return std::move(tornado).sorted();
}

}  // namespace rigwise
