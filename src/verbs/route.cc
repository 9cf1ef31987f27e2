#include "verbs/route.h"

#include <algorithm>

#include "core/advise/pack.h"
#include "core/base/text.h"
#include "core/cost/calendar.h"
#include "core/cost/ownership.h"
#include "verbs/answers.h"
#include "verbs/prompt_mix.h"
#include "verbs/question.h"
#include "verbs/route_request.h"
#include "verbs/serving_cost.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

constexpr int kMonths = 36;

std::string percent(double share) { return significant(100 * share, 3) + " %"; }

std::string tasks_words(const CategoryScore& score) {
  if (!score.tasks) return "on a number of tasks that is not stated";
  return "on " + std::to_string(*score.tasks) + (*score.tasks == 1 ? " task" : " tasks");
}

std::string interval_words(const CategoryScore& score) {
  return score.low ? " (" + percent(*score.low) + " - " + percent(*score.high) + ")" : std::string();
}

/// "94 % (82 % - 98 %) on 8 tasks, where 81.6 % is asked: 90 % of the 90.7 % of Qwen3 Max"
std::string score_words(const RoutedCategory& routed, double threshold) {
  const CategoryScore& score = *routed.score;
  const std::string whose = score.reference.empty()        ? "the full mark"
                            : score.reference_is_full_mark ? score.reference + " and the full mark"
                                                           : score.reference;
  std::string words = "scores " + percent(score.share) + interval_words(score) + " " + tasks_words(score) +
                      ", asked are " + percent(routed.limit) + ": " + percent(threshold) + " of ";
  return words + (score.reference.empty() ? whose : "the " + percent(score.reference_share) + " of " + whose);
}

std::string reason_of(const RouteQuestion& question, const RoutedCategory& routed) {
  if (routed.cause == RouteCause::lacks) return "no local model has what it needs: " + join(routed.lacks, "; ");
  if (!routed.score) return "not measured: nobody scored a local model here or overall";
  const std::string& model = question.models[static_cast<std::size_t>(routed.model)].name;
  std::string words = model + " " + score_words(routed, question.threshold);
  if (routed.cause == RouteCause::undecided) {
    words += "; too few tasks to tell, though the score itself is ";
    words += routed.leans_local ? "enough" : "too low";
  } else if (routed.cause == RouteCause::overall_reaches) {
    words = "not measured by itself; overall " + words + ". An evaluation of your own would tell";
  } else if (routed.cause == RouteCause::not_measured) {
    words = "not measured by itself, and overall " + words;
  }
  return words;
}

class Answer {
 public:
  Answer(const House& house, const RouteRequest& request)
      : house_(house), request_(request), routed_(route(*request.scores, request.question)) {}

  Json response() {
    Json response = response_head("route", house_, request_.as_of);
    response["currency"] = request_.currency;
    response["threshold"] = request_.question.threshold;
    response["reference"] = request_.scores->reference_words();
    response["level"] = request_.level;
    Json categories = Json::array();
    for (const RoutedCategory& routed : routed_.categories) categories.push_back(category_json(routed));
    response["categories"] = std::move(categories);
    response["shares"] = {{"local", routed_.local}, {"either", routed_.either}, {"cloud", routed_.cloud}};
    response["tokens_per_month"] = tokens_json();
    response["money"] = money_json();
    response["quality_kept"] = routed_.quality_kept;
    response["local"] = local_json();
    response["would_change_if"] = changes_json();
    response["notes"] = request_.notes;
    response["assumptions"] = assumptions();
    return response;
  }

 private:
  Json category_json(const RoutedCategory& routed) const {
    Json needs = Json::array();
    for (const WorkNeed need : routed.work.needs) needs.push_back(work_need_name(need));
    Json entry = {
        {"category", routed.work.category},
        {"share", routed.work.share},
        {"needs", std::move(needs)},
        {"route", route_name(routed.route)},
        {"cause", route_cause_name(routed.cause)},
        {"leans", routed.route == Route::either ? Json(routed.leans_local ? "local" : "cloud") : Json(nullptr)},
        {"model", routed.model < 0 ? Json(nullptr)
                                   : Json(request_.question.models[static_cast<std::size_t>(routed.model)].name)},
        {"score", routed.score ? category_score_json(*routed.score) : Json(nullptr)},
        {"limit", routed.score ? Json(routed.limit) : Json(nullptr)},
        {"tasks_needed", routed.tasks_needed ? Json(*routed.tasks_needed) : Json(nullptr)},
        {"lacks", routed.lacks},
        {"reason", reason_of(request_.question, routed)},
        {"tokens_per_month", nullptr},
        {"api_cost_per_month", nullptr}};
    if (!request_.volume) return entry;
    entry["tokens_per_month"] = request_.volume->total() * routed.work.share;
    if (!request_.apis.empty()) entry["api_cost_per_month"] = bill(request_.apis.front(), routed.work.share);
    return entry;
  }

  double bill(const ApiOffer& offer, double share) const {
    return rounded_to_cents(monthly_bill(offer, request_.volume->times(share)));
  }

  Json tokens_json() const {
    if (!request_.volume) return nullptr;
    const double total = request_.volume->total();
    return {{"total", total},
            {"local", total * routed_.local},
            {"either", total * routed_.either},
            {"cloud", total * routed_.cloud}};
  }

  /// What the APIs would charge for what moves; null without tokens.
  Json money_json() const {
    if (!request_.volume) return nullptr;
    Json list = Json::array();
    for (const ApiOffer& offer : request_.apis) {
      list.push_back({{"api", offer.name},
                      {"input_per_mtok", offer.input.amount()},
                      {"output_per_mtok", offer.output.amount()},
                      {"date", offer.date},
                      {"all_per_month", bill(offer, 1)},
                      {"saved_per_month", bill(offer, routed_.local)},
                      {"saved_at_most_per_month", bill(offer, routed_.local + routed_.either)},
                      {"stays_per_month", bill(offer, 1 - routed_.local)}});
    }
    return list;
  }

  /// The local models that work would go to, with the share of the tokens that each gets at most.
  std::vector<std::pair<const Llm*, double>> models_at_work() const {
    std::vector<std::pair<const Llm*, double>> models;
    for (const RoutedCategory& routed : routed_.categories) {
      if (routed.route == Route::cloud || routed.model < 0) continue;
      const Llm* model = request_.question.models[static_cast<std::size_t>(routed.model)].model;
      if (model == nullptr) continue;
      const double share = routed.work.share;
      const auto known = std::find_if(models.begin(), models.end(), [&](auto& m) { return m.first == model; });
      if (known == models.end()) {
        models.emplace_back(model, share);
      } else {
        known->second += share;
      }
    }
    return models;
  }

  /// How the set-up does the local work and what it costs; null without a set-up.
  Json local_json() {
    if (!request_.setup) return nullptr;
    const auto at_work = models_at_work();
    PackQuestion question;
    question.setup = *request_.setup;
    question.scores = request_.scores.get();
    question.level = request_.level;
    for (const auto& [model, share] : at_work) {
      const Result<const Format*> format = default_format(house_.catalog, *model, nullptr);
      if (!format) continue;
      PackModel packed;
      packed.model = model;
      packed.format = *format;
      packed.streams = request_.concurrency;
      if (model->context_tokens > 0)
        packed.context_tokens = std::min(packed.context_tokens, 1.0 * model->context_tokens);
      question.models.push_back(packed);
    }
    const PackAnswer packed = pack(house_.catalog, house_.calibration, question);
    const Exchange exchange(house_.catalog.rates, request_.as_of);
    ServingTerms terms;
    terms.currency = request_.currency;
    terms.per_kwh = request_.per_kwh;
    const SetupMachine machine =
        setup_machine(house_.catalog, *request_.setup, exchange, request_.currency, request_.as_of);
    double busy = 0;
    Json models = Json::array();
    for (std::size_t i = 0; i < packed.models.size(); ++i) {
      models.push_back(local_model_json(question.models[i], packed.models[i], at_work[i].second, machine, terms, busy));
    }
    local_notes(request_.tariff);
    Json local = {{"setup", request_.setup->text},
                  {"models", std::move(models)},
                  {"stay_loaded_together", packed.all_loaded()},
                  {"busy_hours_per_month", request_.volume ? Json(busy) : Json(nullptr)},
                  {"can_do_it", request_.volume ? Json(packed.all_loaded() && busy <= kHoursPerMonth) : Json(nullptr)},
                  {"cost_per_month", nullptr},
                  {"net_saving_per_month", nullptr},
                  {"net_saving_at_most_per_month", nullptr}};
    if (machine.why_not.empty() && request_.volume) {
      OwnershipTerms owning;
      owning.months = kMonths;
      owning.hours = {kHoursPerMonth, std::min(busy, kHoursPerMonth)};
      owning.per_kwh = terms.per_kwh;
      const double monthly = rounded_to_cents(ownership(machine.machine, owning).monthly);
      local["cost_per_month"] = monthly;
      if (!request_.apis.empty()) {
        const ApiOffer& api = request_.apis.front();
        local["net_saving_per_month"] = bill(api, routed_.local) - monthly;
        local["net_saving_at_most_per_month"] = bill(api, routed_.local + routed_.either) - monthly;
      }
    }
    return local;
  }

  void local_notes(const std::string& tariff) {
    local_assumptions_ = {"each local model in its usual format with 8,192 tokens of context",
                          "the machine is on all day and paid over " + std::to_string(kMonths) +
                              " months, no resale, no tax; electricity at " + tariff};
  }

  Json local_model_json(const PackModel& asked, const PackedModel& model, double share, const SetupMachine& machine,
                        const ServingTerms& terms, double& busy) const {
    Json entry = {{"model", asked.model->id},
                  {"quant", asked.format->id},
                  {"share", share},
                  {"loaded", model.is_loaded},
                  {"why_not", model.is_loaded ? Json(nullptr) : Json(model.why)},
                  {"decode", nullptr},
                  {"prefill", nullptr},
                  {"busy_hours_per_month", nullptr},
                  {"energy_j_per_token", nullptr},
                  {"cost_per_mtok", nullptr}};
    if (!model.is_loaded || !model.alone || !model.alone->has_speeds) return entry;
    const Prediction& p = *model.alone;
    entry["decode"] = estimate_json(p.decode);
    entry["prefill"] = estimate_json(p.prefill);
    entry["energy_j_per_token"] = optional_json(p.energy_j_per_token);
    entry["cost_per_mtok"] = serving_cost_json(serving_cost(machine, p, terms), terms);
    if (!request_.volume) return entry;
    const double hours = busy_hours(request_.volume->times(share), ServingSpeed{p.prefill.band, p.decode_total.band});
    busy += hours;
    entry["busy_hours_per_month"] = hours;
    return entry;
  }

  Json changes_json() const {
    Json list = Json::array();
    const auto add = [&](const std::optional<ThresholdChange>& change, const char* to) {
      if (!change) return;
      const RoutedCategory& routed = routed_.categories[change->category];
      const std::string& name = routed.work.category;
      const std::string at = percent(change->threshold);
      const std::string words =
          std::string(to) == "local"
              ? "a threshold of " + at + " or less would move " + name + " local for certain"
              : "a threshold above " + at + " would take " + name + " from what is certainly local";
      list.push_back({{"category", name}, {"to", to}, {"threshold", change->threshold}, {"reason", words}});
    };
    add(routed_.next_local, "local");
    add(routed_.next_cloud, "cloud");
    for (const RoutedCategory& routed : routed_.categories) {
      if (routed.tasks_needed) {
        list.push_back({{"category", routed.work.category},
                        {"to", routed.leans_local ? "local" : "cloud"},
                        {"threshold", nullptr},
                        {"reason", std::to_string(*routed.tasks_needed) + " tasks of " + routed.work.category +
                                       " with the same mean score would settle it (scores of your own)"}});
      }
      if (routed.cause != RouteCause::lacks) continue;
      list.push_back({{"category", routed.work.category},
                      {"to", "local"},
                      {"threshold", nullptr},
                      {"reason", routed.work.category +
                                     " could move when a local model has what it lacks: " + join(routed.lacks, "; ")}});
    }
    return list;
  }

  Json assumptions() const {
    std::vector<std::string> list = request_.assumptions;
    for (const RoutedCategory& routed : routed_.categories) {
      if (!routed.score || routed.score->basis == ScoreBasis::overall) continue;
      const std::vector<std::string>& tasks = routed.score->measured_as;
      if (tasks.size() == 1 && fold_name(tasks.front()) == fold_name(routed.work.category)) continue;
      list.push_back(routed.work.category + " is measured as: " + join(tasks, ", "));
    }
    list.emplace_back("shares of prompts are shares of tokens");
    list.push_back("intervals of the scores: Wilson's at " + percent(request_.level) +
                   ", as if tasks were passed or failed; the reference's score is taken as it is");
    list.emplace_back("quality kept: 1 for what is in the cloud, and for what may go either way");
    list.insert(list.end(), local_assumptions_.begin(), local_assumptions_.end());
    return list;
  }

  const House& house_;
  const RouteRequest& request_;
  RouteAnswer routed_;
  std::vector<std::string> local_assumptions_;
};

}  // namespace

Result<Json> route_verb(const House& house, const Json& json) {
  const Result<RouteRequest> request = read_route_request(house, json);
  if (!request) return fail(request.error());
  return Answer(house, *request).response();
}

}  // namespace rigwise
