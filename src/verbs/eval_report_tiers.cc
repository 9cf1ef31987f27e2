#include <algorithm>
#include <map>

#include "core/advise/route.h"
#include "core/evaluate/own_scores.h"
#include "verbs/answers.h"
#include "verbs/eval_report_parts.h"
#include "verbs/prompt_mix.h"
#include "verbs/setup_machine.h"

namespace rigwise {
namespace {

/// The cheapest machine of a tier that holds the model, as a whole machine.
struct TierMachine {
  const Device* device = nullptr;
  double price = 0, load_w = 0;
};

std::optional<TierMachine> cheapest(const EvalReport& report, const MemoryTier& tier, std::size_t model) {
  const Catalog& catalog = report.house.catalog;
  const Exchange exchange(catalog.rates, report.request.as_of);
  std::optional<TierMachine> best;
  for (const Device* device : tier.models[model].on) {
    if (device->status != DeviceStatus::current) continue;
    Setup setup;
    setup.text = device->id;
    setup.parts.push_back({device, 1, nullptr, nullptr});
    const SetupMachine whole = setup_machine(catalog, setup, exchange, report.request.currency, report.request.as_of);
    if (!whole.why_not.empty()) continue;
    const double price = rounded_to_cents(whole.machine.value);
    if (price <= 0 || (best && best->price <= price)) continue;
    best = TierMachine{device, price, whole.machine.load_w};
  }
  return best;
}

Json form_json(const EvalReport& report, std::size_t model) {
  const auto& form = report.forms[model];
  if (!form) return nullptr;
  return {{"model", form->llm->id}, {"quant", form->format->id}, {"assumed", form->is_assumed}};
}

Json tier_score_json(const EvalReport& report, std::size_t tier, const TierScore& score) {
  Json json = {{"memory_gb", report.tiers[tier].memory_gb},
               {"best", score.model ? Json(report.name(*score.model)) : Json(nullptr)},
               {"runs_as", score.model ? form_json(report, *score.model) : Json(nullptr)},
               {"score", score.model ? task_mean_json(score.mean) : Json(nullptr)},
               {"limit", score.model ? Json(score.reached.limit) : Json(nullptr)},
               {"reach", score.model ? Json(reach_name(score.reached.reach)) : Json(nullptr)},
               {"own_models", score.own_models},
               {"own_mean", optional_json(score.own_mean)}};
  return json;
}

/// Price and power of the tier's cheapest machine, and what quality a unit of them buys.
void add_machine(const EvalReport& report, std::size_t tier, const TierScore& score, Json& json) {
  for (const char* key : {"machine", "price", "power_w", "score_per_1000", "score_per_100_w"}) json[key] = nullptr;
  if (!score.model) return;
  const auto machine = cheapest(report, report.tiers[tier], *score.model);
  if (!machine) return;
  json["machine"] = machine->device->id;
  json["price"] = machine->price;
  json["power_w"] = machine->load_w;
  if (score.mean.claim == ClaimAllowed::count_only) return;
  json["score_per_1000"] = score.mean.score / machine->price * 1000;
  if (machine->load_w > 0) json["score_per_100_w"] = score.mean.score / machine->load_w * 100;
}

std::string need_words(const EvalReport& report, const RoleNeed& need) {
  const auto size = [&](std::size_t tier) {
    return std::to_string(static_cast<int>(report.tiers[tier].memory_gb)) + " GB";
  };
  if (need.minimum) {
    return size(*need.minimum) + ": the interval of " + report.name(*need.tiers[*need.minimum].model) +
           " reaches the limit";
  }
  if (need.verdict == Reach::below) return "no model that fits a machine reaches the limit";
  std::string words = "not enough tasks";
  if (need.by_score) {
    words += "; the score itself reaches the limit from " + size(*need.by_score) + " on";
    constexpr int kMost = 10'000;
    if (need.families_needed && *need.families_needed > kMost) {
      words += ", too near to it for any number of tasks";
    } else if (need.families_needed) {
      words += ", and " + std::to_string(*need.families_needed) + " tasks like these would show it";
    }
  }
  return words;
}

Json need_json(const EvalReport& report, const RoleNeed& need) {
  Json tiers = Json::array();
  for (std::size_t i = 0; i < need.tiers.size(); ++i) tiers.push_back(tier_score_json(report, i, need.tiers[i]));
  const auto size = [&](const std::optional<std::size_t>& tier) {
    return tier ? Json(report.tiers[*tier].memory_gb) : Json(nullptr);
  };
  Json json = {{"role", need.role},
               {"tasks", need.tasks},
               {"families", need.families},
               {"verdict", need.minimum                   ? "reaches"
                           : need.verdict == Reach::below ? "none_reaches"
                                                          : "not_enough_tasks"},
               {"minimum_gb", size(need.minimum)},
               {"minimum_by_score_gb", size(need.by_score)},
               {"machine", nullptr},
               {"price", nullptr},
               {"families_needed", need.families_needed ? Json(*need.families_needed) : Json(nullptr)},
               {"words", need_words(report, need)},
               {"tiers", std::move(tiers)}};
  if (need.minimum) {
    const auto machine = cheapest(report, report.tiers[*need.minimum], *need.tiers[*need.minimum].model);
    if (machine) {
      json["machine"] = machine->device->id;
      json["price"] = machine->price;
    }
  }
  return json;
}

/// Kinds of work with their shares of the tasks.
std::vector<WorkCategory> work_of(const ResultSet& results) {
  std::map<std::string, double> counts;
  double all = 0;
  for (const EvaluatedTask& task : results.tasks) {
    if (task.category.empty()) continue;
    counts[task.category] += 1;
    all += 1;
  }
  std::vector<WorkCategory> work;
  for (const auto& [category, count] : counts) work.push_back({category, count / all, {}});
  return work;
}

}  // namespace

Json tiers_json(const EvalReport& report) {
  const TaskList tasks = all_tasks(report.results);
  const std::vector<TierScore> scores = tier_scores(report.results, report.ranked, report.sheet, report.tiers, tasks,
                                                    report.request.target, report.request.level);
  Json list = Json::array();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    Json entry = tier_score_json(report, i, scores[i]);
    add_machine(report, i, scores[i], entry);
    list.push_back(std::move(entry));
  }
  return list;
}

Json roles_json(const EvalReport& report) {
  Json list = Json::array();
  for (const std::string& role : report.request.roles) {
    list.push_back(need_json(report, role_need(report.results, report.ranked, report.sheet, report.tiers, role,
                                               report.request.target, report.request.level)));
  }
  return list;
}

Json moves_json(const EvalReport& report) {
  RouteQuestion question;
  for (const ModelStanding& line : report.ranked.models) {
    const auto& form = report.forms[line.model];
    if (line.is_incomplete || line.mean.tasks == 0 || report.results.models[line.model].foreign || !form) continue;
    const bool is_demo = report.results.run.is_demo;  // a stand-in's scores go by its own name
    const std::string name = is_demo ? report.results.models[line.model].requested : form->llm->id;
    const auto known = std::find_if(question.models.begin(), question.models.end(),
                                    [&](const LocalModel& model) { return model.model == form->llm; });
    if (known == question.models.end()) {
      question.models.push_back({form->llm, name});
    } else if (is_demo && !form->is_assumed) {
      known->name = name;
    }
  }
  question.mix = work_of(report.results);
  if (question.models.empty() || question.mix.empty()) return nullptr;
  question.threshold = report.request.target.threshold;
  question.abilities = {WorkNeed::tools, WorkNeed::agent};
  ScoreWish wish;
  wish.own = own_scores(report.house.catalog, report.results);
  wish.level = report.request.level;
  if (report.request.target.reference) {
    const EvaluatedModel& reference = report.results.models[*report.request.target.reference];
    const Llm* llm = record_of(report.house.catalog, reference);
    wish.reference = llm == nullptr ? reference.requested : llm->id;
  }
  const ScoreBook book(report.house.catalog, wish);
  const RouteAnswer routed = route(book, question);
  Json categories = Json::array();
  for (const RoutedCategory& entry : routed.categories) {
    const bool has_model = entry.model >= 0 && entry.score;
    categories.push_back(
        {{"category", entry.work.category},
         {"share", entry.work.share},
         {"route", route_name(entry.route)},
         {"cause", route_cause_name(entry.cause)},
         {"leans", entry.route == Route::either ? Json(entry.leans_local ? "local" : "cloud") : Json(nullptr)},
         {"model", has_model ? Json(question.models[static_cast<std::size_t>(entry.model)].name) : Json(nullptr)},
         {"score", entry.score ? category_score_json(*entry.score) : Json(nullptr)},
         {"limit", entry.score ? Json(entry.limit) : Json(nullptr)},
         {"tasks_needed", entry.tasks_needed ? Json(*entry.tasks_needed) : Json(nullptr)}});
  }
  return {{"reference", wish.reference.empty() ? Json(nullptr) : Json(wish.reference)},
          {"threshold", question.threshold},
          {"shares", {{"local", routed.local}, {"either", routed.either}, {"cloud", routed.cloud}}},
          {"quality_kept", routed.quality_kept},
          {"categories", std::move(categories)}};
}

}  // namespace rigwise
