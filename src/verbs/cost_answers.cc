#include "verbs/cost_answers.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "verbs/answers.h"
#include "verbs/serving_cost.h"

namespace rigwise {
namespace {

Json cents(const Money& money) { return rounded_to_cents(money); }

Json list_of(const std::vector<Money>& amounts) {
  Json list = Json::array();
  for (const Money& amount : amounts) list.push_back(cents(amount));
  return list;
}

Json band_json(const Band& band) { return {{"value", band.value}, {"low", band.low}, {"high", band.high}}; }

}  // namespace

CostPlan compared_plan(const CostQuestion& question) { return comparable(local_plan(question.cost_case)); }

Json hardware_json(const CostQuestion& question) {
  const CostPlan plan = local_plan(question.cost_case);
  Json lines = Json::array();
  for (const BillLine& line : plan.bill) {
    const Money resale =
        plan.resale ? resale_value(line, question.cost_case.months, plan.resale_share) : line.value * 0;
    lines.push_back({{"name", line.name},
                     {"count", line.count},
                     {"price", cents(line.value)},
                     {"low", cents(line.low)},
                     {"high", cents(line.high)},
                     {"basis", line.basis},
                     {"resale", cents(resale)},
                     {"resale_share", line.value.is_zero() ? 0 : resale.amount() / line.value.amount()}});
  }
  return {{"setup", question.speed_question || plan.name != "the machine" ? Json(plan.name) : Json(nullptr)},
          {"lines", std::move(lines)},
          {"price", cents(plan.price())},
          {"low", cents(plan.price_low())},
          {"high", cents(plan.price_high())},
          {"power_w", {{"idle", plan.idle_w}, {"load", plan.load_w}}},
          {"hours_on_per_month", plan.hours.on},
          {"hours_at_work_per_month", plan.hours.load},
          {"kwh_per_month", kwh_per_month(plan.idle_w, plan.load_w, plan.hours)},
          {"electricity_per_kwh", plan.per_kwh.amount()}};
}

Json usage_json(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  const bool known = c.volume.total() > 0;
  return {{"tokens_per_month", known ? Json(c.volume.total()) : Json(nullptr)},
          {"input_tokens_per_month", known ? Json(c.volume.input) : Json(nullptr)},
          {"output_tokens_per_month", known ? Json(c.volume.output) : Json(nullptr)},
          {"cached_share", c.volume.cached_share},
          {"hours_per_day", question.hours_per_day},
          {"utilisation", utilisation_of(c)},
          {"tokens_are_stated", question.volume_is_stated}};
}

Json deliverable_json(const CostQuestion& question, const Deliverability& delivery) {
  const TokenVolume& volume = question.cost_case.volume;
  const bool known = volume.total() > 0;
  Json json = {{"verdict", delivery_name(delivery.verdict)}};
  const bool judged = delivery.verdict != Delivery::not_judged && question.cannot_run.empty();
  json["needed_output_tokens_per_s"] = known ? Json(delivery.needed_output_tokens_per_s) : Json(nullptr);
  json["needed_around_the_clock_tokens_per_s"] =
      known ? Json(volume.output / (24 * question.days_per_month * 3600)) : Json(nullptr);
  json["utilisation"] = judged ? Json(delivery.utilisation) : Json(nullptr);
  json["largest_tokens_per_month"] = judged ? band_json(delivery.largest_tokens_per_month) : Json(nullptr);
  std::string reason;
  const std::string hours = significant(question.hours_per_day) + " h a day";
  if (!question.cannot_run.empty()) {
    reason = question.cannot_run;
  } else if (!known) {
    reason = "nobody says how many tokens are wanted";
  } else if (!judged) {
    reason = "no speed is given: tokens_per_s, or a set-up with a model; " +
             significant(delivery.needed_output_tokens_per_s) + " tok/s of output are needed over " + hours;
  } else if (delivery.verdict == Delivery::no) {
    reason = significant(volume.total() / 1e6, 4) + " million tokens a month take " +
             significant(delivery.utilisation * question.hours_per_day) + " h a day at its speed, and " + hours +
             " are there; the most it makes are " + significant(delivery.largest_tokens_per_month.value / 1e6) +
             " million a month";
  } else {
    reason = "busy " + significant(100 * delivery.utilisation) + " % of " + hours +
             (delivery.verdict == Delivery::likely ? ", but not enough at the low end of the band" : "");
  }
  json["reason"] = reason;
  return json;
}

Json tco_json(const CostQuestion& question, const CashFlow& flow) {
  const CashFlow today = discounted(flow, question.discount_rate);
  Json lines = Json::array();
  for (std::size_t i = 0; i < flow.lines.size(); ++i) {
    const CashLine& line = flow.lines[i];
    lines.push_back({{"name", line.name},
                     {"kind", cash_kind_name(line.kind)},
                     {"total", cents(line.total())},
                     {"discounted", cents(today.lines[i].total())},
                     {"by_year", list_of(by_year(line))}});
  }
  const Money resale = flow.total_of(CashKind::resale), tax = flow.total_of(CashKind::tax);
  const Money purchase = flow.total_of(CashKind::purchase), total = flow.total();
  Json years = Json::array();
  Money sum = total * 0;
  for (const Money& year : by_year(flow)) {
    sum += year;
    years.push_back({{"year", years.size() + 1}, {"total", cents(year)}, {"cumulative", cents(sum)}});
  }
  return {{"lines", std::move(lines)},
          {"purchase", cents(purchase)},
          {"running", cents(total - purchase - resale - tax)},
          {"gross", cents(total - resale - tax)},
          {"resale", cents(resale)},
          {"tax", cents(tax)},
          {"tax_rate", question.cost_case.local.tax.rate},
          {"resale_is_taxed", question.cost_case.local.tax.resale_is_taxed},
          {"total", cents(total)},
          {"per_month", cents(total * (1.0 / flow.months))},
          {"discount_rate", question.discount_rate},
          {"discounted_total", cents(today.total())},
          {"by_year", std::move(years)}};
}

Json token_cost_json(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  const CostPlan plan = local_plan(c);
  if (!c.speed) {
    if (c.volume.total() <= 0 || !question.cannot_run.empty()) return nullptr;
    // Without a speed nobody can tell input from output: only their mean is known.
    const double total = cash_flow(comparable(plan), c.months).total().amount();
    return {{"input", nullptr},
            {"output", nullptr},
            {"blended", total / c.months / c.volume.total() * 1e6},
            {"utilisation", nullptr},
            {"busy_hours_per_month", nullptr},
            {"why", "no speed is given, so input and output cannot be told apart"}};
  }
  const double utilisation = utilisation_of(c);
  const TokenCost cost = token_cost(plan, c.months, *c.speed, c.hours_in_use, utilisation, c.volume);
  return {{"input", c.speed->prefill.value > 0 ? mtok_json(cost.input) : Json(nullptr)},
          {"output", mtok_json(cost.output)},
          {"blended", cost.blended > 0 ? Json(cost.blended) : Json(nullptr)},
          {"utilisation", utilisation},
          {"busy_hours_per_month", cost.busy_hours},
          {"why", "the machine's cost of a month, its price counted once, over the seconds that it is busy"}};
}

Json sensitivity_json(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  const auto outcome_json = [](const CaseOutcome& outcome) {
    const auto& tokens = outcome.tokens;
    return Json{{"total", cents(outcome.total)},
                {"saving", outcome.saving ? cents(*outcome.saving) : Json(nullptr)},
                {"break_even_months", optional_json(outcome.break_even_months)},
                {"output_cost_per_mtok", tokens ? Json(tokens->output.total.value) : Json(nullptr)}};
  };
  Json rows = Json::array();
  for (const SensitivityRow& row : sensitivity_of(c, question.ranges)) {
    rows.push_back({{"figure", row.figure},
                    {"low", row.low},
                    {"high", row.high},
                    {"at_low", outcome_json(row.at_low)},
                    {"at_high", outcome_json(row.at_high)},
                    {"swing", std::round(row.swing * 1e6) / 1e6}});
  }
  const CaseOutcome base = outcome_of(c);
  const std::optional<CostPlan> rival = rival_plan(c);
  return {{"measure", measure_name(measure_of(base))},
          {"against", rival ? Json(rival->name) : Json(nullptr)},
          {"base", outcome_json(base)},
          {"rows", std::move(rows)}};
}

/// The plan with every price at one end of its band.
CostPlan priced_at(const CostQuestion& question, bool high) {
  CostPlan plan = local_plan(question.cost_case);
  for (BillLine& line : plan.bill) line.value = high ? line.high : line.low;
  return plan;
}

Json cash_flow_json(const CostQuestion& question, const CashFlow& flow) {
  const int months = question.cost_case.months;
  const std::vector<Money> paid = flow.cumulative();
  const std::vector<Money> today = discounted(flow, question.discount_rate).cumulative();
  Json against = Json::array();
  for (const Rival& rival : question.rivals) {
    const bool known = rival.why_no_volume.empty();
    against.push_back({{"name", rival.plan.name},
                       {"cumulative", known ? list_of(cash_flow(rival.plan, months).cumulative()) : Json::array()}});
  }
  return {{"cumulative", list_of(paid)},
          {"cumulative_low", list_of(cash_flow(priced_at(question, false), months).cumulative())},
          {"cumulative_high", list_of(cash_flow(priced_at(question, true), months).cumulative())},
          {"discounted_cumulative", list_of(today)},
          {"compared_cumulative", list_of(cash_flow(compared_plan(question), months).cumulative())},
          {"against", std::move(against)}};
}

}  // namespace rigwise
