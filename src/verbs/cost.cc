#include "verbs/cost.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/cost_answers.h"

namespace rigwise {
namespace {

Json speeds_json(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  if (!c.speed) return nullptr;
  const auto band = [](const Band& b) { return Json{{"value", b.value}, {"low", b.low}, {"high", b.high}}; };
  Json json = {{"prefill", c.speed->prefill.value > 0 ? band(c.speed->prefill) : Json(nullptr)},
               {"decode_total", band(c.speed->decode_total)},
               {"decode", nullptr},
               {"ttft_s", nullptr},
               {"energy_j_per_token", nullptr}};
  if (const auto& p = question.prediction) {
    json["decode"] = estimate_json(p->decode);
    json["ttft_s"] = estimate_json(p->ttft_s);
    json["energy_j_per_token"] = optional_json(p->energy_j_per_token);
  }
  return json;
}

/// What the totals would be if tax looked at resale the other way.
void note_tax(const CostQuestion& question, const CashFlow& flow, std::vector<std::string>& notes) {
  const CostCase& c = question.cost_case;
  if (c.local.tax.rate <= 0 || flow.total_of(CashKind::resale).is_zero()) return;
  CostPlan other = local_plan(c);
  other.tax.resale_is_taxed = !other.tax.resale_is_taxed;
  notes.push_back(std::string("resale is ") +
                  (c.local.tax.resale_is_taxed ? "taxed: what was deducted when it was "
                                                 "bought is income when it is sold"
                                               : "left untaxed, as asked") +
                  "; the other way the total is " + whole_units(cash_flow(other, c.months).total()) + " " +
                  question.currency);
}

/// What a reader of a table of break-evens gets wrong.
void note_break_even(const CostQuestion& question, const Deliverability& delivery, std::vector<std::string>& notes) {
  if (question.rivals.empty()) return;
  const CostPlan plan = local_plan(question.cost_case);
  if (plan.price().nanos() > 0) {
    const Money spread = plan.price() * (1.0 / question.cost_case.months);
    notes.push_back(
        "break-even counts the price once, on its day, and every month only what is paid then; a month's "
        "cost that holds depreciation (" +
        whole_units(spread) + " " + question.currency + " a month here) would count it twice");
  }
  const std::vector<MonthlyBill>& bills = plan.bills;
  if (std::any_of(bills.begin(), bills.end(), [](const MonthlyBill& bill) {
        return bill.kind == CashKind::subscription || bill.kind == CashKind::api;
      })) {
    notes.push_back(
        "what is kept beside the machine is paid either way, so it is left out where the machine is compared");
  }
  if (delivery.verdict == Delivery::no) {
    notes.push_back("what is saved is told as if the set-up could do the work");
  }
}

std::vector<std::string> assumptions_of(const CostQuestion& question) {
  const CostCase& c = question.cost_case;
  std::vector<std::string> list = question.assumptions;
  if (question.speed_question) {
    for (const std::string& a : question.speed_question->assumptions) list.push_back(a);
  }
  const CostPlan plan = local_plan(c);
  if (plan.idle_w != plan.load_w && !plan.electricity_per_month) {
    list.push_back("at work " + significant(plan.hours.load / question.days_per_month) + " h a day" +
                   (c.speed && c.volume.total() > 0 ? "" : " (nobody said how much)"));
  }
  if (!c.local.resale) {
    list.push_back("nothing is sold at the end");
  } else if (c.local.resale_share) {
    list.push_back("resale at " + significant(100 * *c.local.resale_share) + " % of the price after " +
                   std::to_string(c.months) + " months, as given");
  } else if (c.local.bill.empty() || c.local.bill.front().basis == "as given") {
    list.push_back("only what a line states comes back");
  } else {
    list.push_back("resale after " + std::to_string(c.months) +
                   " months by kind and age (resale: false leaves it out, as advise and compare do)");
  }
  if (c.local.tax.rate > 0) {
    list.push_back("tax at " + significant(100 * c.local.tax.rate) +
                   " % is saved on the day of each expense, hardware at once");
  }
  list.push_back("a month has " + significant(question.days_per_month, 6) + " days");
  return list;
}

}  // namespace

Result<Json> cost_verb(const House& house, const Json& request) {
  const Result<CostQuestion> read = read_cost_question(house, request);
  if (!read) return fail(read.error());
  const CostQuestion& question = *read;
  const CostCase& c = question.cost_case;
  const CashFlow flow = cash_flow(local_plan(c), c.months);
  Deliverability delivery;
  if (c.volume.total() > 0) delivery = judge_delivery(c.volume, c.speed, c.hours_in_use);
  if (!question.cannot_run.empty()) delivery.verdict = Delivery::no;
  const Result<Json> split = split_json(house, question, flow, delivery);
  if (!split) return fail(split.error());

  Json response = response_head("cost", house, question.as_of);
  response["currency"] = question.currency;
  response["horizon_months"] = c.months;
  if (question.speed_question && question.prediction) {
    response["request"] = resolved_json(*question.speed_question, *question.prediction);
  } else {
    response["request"] = nullptr;
  }
  response["hardware"] = hardware_json(question);
  response["usage"] = usage_json(question);
  response["speeds"] = speeds_json(question);
  response["deliverable"] = deliverable_json(question, delivery);
  response["tco"] = tco_json(question, flow);
  response["cost_per_mtok"] = token_cost_json(question);
  response["against"] = against_json(question, delivery);
  response["sensitivity"] = sensitivity_json(question);
  response["team"] = team_json(question, flow);
  response["split"] = *split;
  response["cash_flow"] = cash_flow_json(question, flow);
  response["formulas"] = formulas_json(question, flow, delivery);
  response["assumptions"] = assumptions_of(question);
  std::vector<std::string> notes = question.notes;
  note_tax(question, flow, notes);
  note_break_even(question, delivery, notes);
  response["notes"] = notes;
  return response;
}

}  // namespace rigwise
