#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "verbs/answers.h"
#include "verbs/cost_answers.h"

namespace rigwise {
namespace {

Json cents(const Money& money) { return rounded_to_cents(money); }

/// The machine and the API at another volume.
BreakEven at_volume(const CostQuestion& question, const Rival& rival, double tokens) {
  CostCase c = question.cost_case;
  c.volume = c.volume.times(tokens / c.volume.total());
  c.api = rival.api;
  return break_even(comparable(local_plan(c)), *rival_plan(c));
}

Json break_even_json(const CostQuestion& question, const Rival& rival, const Deliverability& delivery) {
  const CostCase& c = question.cost_case;
  const CostPlan own = compared_plan(question);
  const BreakEven usual = break_even(own, rival.plan);
  // What is bought on both sides has the same price at either end.
  const bool buys_too = !rival.plan.bill.empty();
  const BreakEven cheap = buys_too ? usual : break_even(at_low_price(own), rival.plan);
  const BreakEven dear = buys_too ? usual : break_even(at_high_price(own), rival.plan);
  const bool deliverable = delivery.verdict != Delivery::no;
  const bool never = !usual.months;
  std::string reason = usual.why_never;
  if (!deliverable) {
    reason = question.cannot_run.empty() ? "the set-up cannot make so many tokens" : "the set-up cannot run the model";
  }
  const bool shown = deliverable && !never;
  Json json = {{"months", shown ? Json(*usual.months) : Json(nullptr)},
               {"months_low", shown ? optional_json(cheap.months) : Json(nullptr)},
               {"months_high", shown ? optional_json(dear.months) : Json(nullptr)},
               {"month", shown ? Json(*usual.month) : Json(nullptr)},
               {"tokens", shown && c.volume.total() > 0 ? Json(*usual.months * c.volume.total()) : Json(nullptr)},
               {"within_horizon", shown && *usual.months <= c.months},
               {"reason", shown ? Json(nullptr) : Json(reason)},
               {"months_if_delivered", deliverable ? Json(nullptr) : optional_json(usual.months)},
               {"at_largest_volume", nullptr}};
  const double largest = delivery.largest_tokens_per_month.value;
  if (!deliverable && rival.api && largest > 0) {
    const BreakEven most = at_volume(question, rival, largest);
    json["at_largest_volume"] = {{"tokens_per_month", largest},
                                 {"months", optional_json(most.months)},
                                 {"reason", most.months ? Json(nullptr) : Json(most.why_never)}};
  }
  return json;
}

Json seats_json(const std::vector<SeatGroup>& groups) {
  Json list = Json::array();
  for (const SeatGroup& group : groups) {
    list.push_back({{"name", group.name},
                    {"count", group.count},
                    {"price", cents(group.per_month)},
                    {"per_month", cents(group.monthly())},
                    {"replaces", group.replaces},
                    {"basis", group.basis}});
  }
  return list;
}

Json rival_json(const CostQuestion& question, const Rival& rival, const Deliverability& delivery) {
  const CostCase& c = question.cost_case;
  Json json = {{"name", rival.plan.name}, {"kind", rival.kind}, {"basis", rival.basis}};
  json["date"] = rival.api ? Json(rival.api->date) : Json(nullptr);
  json["tokens_per_s"] = rival.api ? optional_json(rival.api->tokens_per_s) : Json(nullptr);
  json["ttft_s"] = rival.api ? optional_json(rival.api->ttft_s) : Json(nullptr);
  if (!rival.why_no_volume.empty()) {
    for (const char* key : {"per_month", "total", "discounted_total", "saving", "break_even"}) json[key] = nullptr;
    json["why"] = rival.why_no_volume;
    return json;
  }
  const CashFlow flow = cash_flow(rival.plan, c.months);
  const Money total = flow.total();
  json["per_month"] = cents(total * (1.0 / c.months));
  json["total"] = cents(total);
  json["discounted_total"] = cents(discounted(flow, question.discount_rate).total());
  json["saving"] = cents(total - cash_flow(compared_plan(question), c.months).total());
  json["break_even"] = break_even_json(question, rival, delivery);
  json["why"] = nullptr;
  return json;
}

/// Speed of each when all members ask at once.
Json fair_use_json(const House& house, const CostQuestion& question, int members, const Deliverability& delivery) {
  const CostCase& c = question.cost_case;
  Json json = {{"active", members}, {"tokens_per_s_each", nullptr}, {"tokens_per_month_each", nullptr}};
  if (question.speed_question && c.speed) {
    PredictQuery query = question.speed_question->query;
    query.workload.concurrency = members;
    const Result<Prediction> all = predict(house.catalog, house.calibration, query);
    if (all && all->decode.band.value > 0) json["tokens_per_s_each"] = all->decode.band.value;
  } else if (c.speed) {
    json["tokens_per_s_each"] = c.speed->decode_total.value / members;
  }
  if (delivery.largest_tokens_per_month.value > 0) {
    json["tokens_per_month_each"] = delivery.largest_tokens_per_month.value / members;
  }
  return json;
}

/// What is paid on the first day and every month after it, where the months are alike.
struct Payments {
  double first = 0, monthly = 0;
};

Payments payments_of(const CostPlan& plan) {
  const std::vector<Money> paid = cash_flow(without_resale(plan), kBreakEvenMonths).cumulative();
  return {paid[0].amount(), (paid.back() - paid[0]).amount() / kBreakEvenMonths};
}

/// The division that gives the break-even of bills that are the same every month; others have no such formula.
void add_break_even(const CostQuestion& question, const Rival& rival, std::size_t index, Json& list) {
  if (!rival.why_no_volume.empty() || !rival.plan.bill.empty()) return;
  const CostPlan own_plan = compared_plan(question);
  const BreakEven even = break_even(own_plan, rival.plan);
  const Payments own = payments_of(own_plan), other = payments_of(rival.plan);
  if (!even.months || other.monthly <= own.monthly) return;
  const double months = own.first / (other.monthly - own.monthly);
  if (std::abs(months - *even.months) > 0.01) return;
  list.push_back({{"key", "against[" + std::to_string(index) + "].break_even.months"},
                  {"formula", "price / (other_monthly - own_monthly)"},
                  {"inputs", {{"price", own.first}, {"other_monthly", other.monthly}, {"own_monthly", own.monthly}}},
                  {"value", months}});
}

}  // namespace

Json against_json(const CostQuestion& question, const Deliverability& delivery) {
  Json list = Json::array();
  for (const Rival& rival : question.rivals) list.push_back(rival_json(question, rival, delivery));
  return list;
}

Json team_json(const CostQuestion& question, const CashFlow& flow) {
  if (question.seats.empty() && !question.hours_saved) return nullptr;
  int people = 0;
  for (const SeatGroup& group : question.seats) people += group.count;
  Json json = {{"people", people},
               {"seats", seats_json(question.seats)},
               {"seats_per_month", cents(monthly_of(question.seats, question.currency))},
               {"hours_saved", nullptr}};
  if (const auto& saved = question.hours_saved) {
    const Money yearly = saved->per_year();
    const double monthly = yearly.amount() / 12;
    json["hours_saved"] = {{"hours_per_day", saved->hours_per_day},
                           {"days_per_year", saved->days_per_year},
                           {"people", saved->people},
                           {"share", saved->share},
                           {"per_hour", cents(saved->per_hour)},
                           {"per_year", cents(yearly)},
                           {"pays_back_months", monthly > 0 ? Json(flow.total().amount() / monthly) : Json(nullptr)}};
  }
  return json;
}

Result<Json> split_json(const House& house, const CostQuestion& question, const CashFlow& flow,
                        const Deliverability& delivery) {
  if (!question.split) return Json(nullptr);
  const CoopTerms& terms = question.split->terms;
  Result<CoopBill> bill = coop_bill(terms, flow.total(), flow.months);
  if (!bill) {
    Error error = bill.error();
    error.where = "split_people.members";
    return fail(std::move(error));
  }
  Json members = Json::array();
  for (std::size_t i = 0; i < bill->members.size(); ++i) {
    const CoopBill::Account& account = bill->members[i];
    const int last = std::min(terms.members[i].leaves.value_or(flow.months), flow.months);
    const int present = last - terms.members[i].joins + 1;
    members.push_back({{"name", account.name},
                       {"joins", terms.members[i].joins},
                       {"leaves", last},
                       {"total", cents(account.total)},
                       {"per_month", cents(account.total * (1.0 / std::max(1, present)))}});
  }
  Json json = {{"members", std::move(members)},
               {"total", cents(bill->total)},
               {"reserve", cents(bill->reserve)},
               {"per_month", cents(bill->total * (1.0 / flow.months))},
               {"fewest_members", nullptr},
               {"fair_use", fair_use_json(house, question, most_members(terms, flow.months), delivery)}};
  if (const auto& price = question.split->price_per_month) {
    const auto fewest = fewest_members(flow.total(), flow.months, terms.reserve_per_month, *price);
    json["fewest_members"] = {{"price_per_month", cents(*price)}, {"members", fewest ? Json(*fewest) : Json(nullptr)}};
  }
  return json;
}

Json formulas_json(const CostQuestion& question, const CashFlow& flow, const Deliverability& delivery) {
  const CostCase& c = question.cost_case;
  const CostPlan plan = local_plan(c);
  Json list = Json::array();
  const Money gross = flow.total() - flow.total_of(CashKind::resale) - flow.total_of(CashKind::tax);
  list.push_back({{"key", "tco.total"},
                  {"formula", "gross + resale + tax"},
                  {"inputs",
                   {{"gross", cents(gross)},
                    {"resale", cents(flow.total_of(CashKind::resale))},
                    {"tax", cents(flow.total_of(CashKind::tax))}}},
                  {"value", cents(flow.total())}});
  if (!plan.electricity_per_month) {
    const double idle_hours = plan.hours.on - plan.hours.load;
    list.push_back({{"key", "electricity of a month"},
                    {"formula", "(idle_w * idle_h + load_w * load_h) / 1000 * per_kwh"},
                    {"inputs",
                     {{"idle_w", plan.idle_w},
                      {"idle_h", idle_hours},
                      {"load_w", plan.load_w},
                      {"load_h", plan.hours.load},
                      {"per_kwh", plan.per_kwh.amount()}}},
                    {"value", kwh_per_month(plan.idle_w, plan.load_w, plan.hours) * plan.per_kwh.amount()}});
  }
  if (c.speed && c.volume.total() > 0) {
    list.push_back({{"key", "deliverable.utilisation"},
                    {"formula", "(input / prefill + output / decode) / 3600 / hours"},
                    {"inputs",
                     {{"input", c.volume.input},
                      {"prefill", c.speed->prefill.value},
                      {"output", c.volume.output},
                      {"decode", c.speed->decode_total.value},
                      {"hours", c.hours_in_use}}},
                    {"value", delivery.utilisation}});
  }
  for (std::size_t i = 0; i < question.rivals.size(); ++i) add_break_even(question, question.rivals[i], i, list);
  if (c.speed) {
    const TokenCost cost = token_cost(plan, c.months, *c.speed, c.hours_in_use, utilisation_of(c), c.volume);
    const double monthly = cost.output.total.value * cost.busy_hours * 3600 * c.speed->decode_total.value / 1e6;
    list.push_back(
        {{"key", "cost_per_mtok.output"},
         {"formula", "monthly / busy_h / (3600 * decode) * 1000000"},
         {"inputs", {{"monthly", monthly}, {"busy_h", cost.busy_hours}, {"decode", c.speed->decode_total.value}}},
         {"value", cost.output.total.value}});
  }
  return list;
}

}  // namespace rigwise
