#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "verbs/answers.h"
#include "verbs/eval_report_parts.h"

namespace rigwise {
namespace {

constexpr double kNano = 1e9;

constexpr std::array kOutcomes = {Outcome::ok,          Outcome::empty,          Outcome::truncated,
                                  Outcome::refused,     Outcome::content_filter, Outcome::timeout_model,
                                  Outcome::infra_error, Outcome::harness_error};

Json text_json(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }
Json known_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json outcomes_json(const ModelStanding& line) {
  Json outcomes = Json::object();
  for (const Outcome outcome : kOutcomes) {
    outcomes[std::string(outcome_name(outcome))] = line.outcomes[static_cast<std::size_t>(outcome)];
  }
  return outcomes;
}

Json costs_json(const ModelStanding& line) {
  const AnswerCosts& costs = line.costs;
  const bool known = costs.known > 0;
  const double total = static_cast<double>(costs.total_nano) / kNano;
  Json json = {{"known_answers", costs.known},
               {"total", known ? Json(total) : Json(nullptr)},
               {"per_answer", costs.nano_per_answer ? Json(*costs.nano_per_answer / kNano) : Json(nullptr)},
               {"score_per_unit", nullptr},
               {"answer_s", optional_json(costs.median_s)},
               {"answer_p95_s", optional_json(costs.p95_s)},
               {"ttft_s", optional_json(costs.median_first_token_s)},
               {"completion_tokens", optional_json(costs.completion_tokens)}};
  if (costs.nano_per_answer && *costs.nano_per_answer > 0 && line.mean.claim != ClaimAllowed::count_only) {
    json["score_per_unit"] = line.mean.score / (*costs.nano_per_answer / kNano);
  }
  return json;
}

Json retried_json(const RetriedAnswers& retried) {
  const auto mean = [](int count, double value) { return count > 0 ? Json(value) : Json(nullptr); };
  return {{"first_try", retried.first_try},
          {"first_try_score", mean(retried.first_try, retried.first_try_mean)},
          {"retried", retried.retried},
          {"retried_score", mean(retried.retried, retried.retried_mean)}};
}

/// "rank 1-3 of 5", "incomplete", "no order is claimed".
std::string standing_words(const ModelStanding& line) {
  if (line.mean.tasks == 0) return "not scored";
  if (line.is_incomplete) return "incomplete: more than 2 % of its answers are errors of the network or of ours";
  if (!line.rank) {
    return line.mean.claim == ClaimAllowed::count_only ? "fewer than 10 tasks: a count and nothing else"
                                                       : "no order is claimed";
  }
  const std::string low = std::to_string(line.rank->low);
  return line.rank->low == line.rank->high ? "rank " + low : "rank " + low + " to " + std::to_string(line.rank->high);
}

Json model_json(const EvalReport& report, const ModelStanding& line) {
  const EvaluatedModel& model = report.results.models[line.model];
  const Llm* llm = record_of(report.house.catalog, model);
  return {{"id", model.id},
          {"requested", model.requested},
          {"model", llm == nullptr ? Json(nullptr) : Json(llm->id)},
          {"family", known_text(model.family)},
          {"endpoint", text_json(model.endpoint)},
          {"provider", text_json(model.provider)},
          {"quant", text_json(model.quantisation)},
          {"digest", text_json(model.digest)},
          {"server", text_json(model.server)},
          {"setup", text_json(model.setup)},
          {"memory_gb", optional_json(model.memory_gb)},
          {"foreign", text_json(model.foreign)},
          {"standing", standing_words(line)},
          {"rank_low", line.rank ? Json(line.rank->low) : Json(nullptr)},
          {"rank_high", line.rank ? Json(line.rank->high) : Json(nullptr)},
          {"incomplete", line.is_incomplete},
          {"score", task_mean_json(line.mean)},
          {"answers", line.answers},
          {"outcomes", outcomes_json(line)},
          {"not_scored", line.not_scored},
          {"judged", optional_json(line.judged)},
          {"judged_answers", line.judged_answers},
          {"half_judged", line.half_judged},
          {"retried", retried_json(line.retried)},
          {"costs", costs_json(line)}};
}

/// Means of each model, in the leaderboard's order, on some tasks. They describe what was seen, so a cell of few tasks
/// has its mean all the same.
Json cells_json(const EvalReport& report, const TaskList& tasks) {
  Json cells = Json::array();
  for (const ModelStanding& line : report.ranked.models) {
    const TaskMean mean = task_mean(report.sheet, line.model, tasks, report.request.level);
    Json cell = task_mean_json(mean);
    cell["value"] = mean.tasks > 0 ? Json(mean.score) : Json(nullptr);
    cells.push_back(std::move(cell));
  }
  return cells;
}

Json group_json(const EvalReport& report, const std::string& name, const TaskList& tasks) {
  return {{"name", name}, {"tasks", tasks.size()}, {"cells", cells_json(report, tasks)}};
}

}  // namespace

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json{{"low", interval->low}, {"high", interval->high}} : Json(nullptr);
}

Json task_mean_json(const TaskMean& mean) {
  const bool counts_only = mean.claim == ClaimAllowed::count_only;
  const auto end = [](const std::optional<Interval>& interval, double Interval::* which) {
    return interval ? Json((*interval).*which) : Json(nullptr);
  };
  return {{"value", counts_only ? Json(nullptr) : Json(mean.score)},
          {"low", end(mean.interval, &Interval::low)},
          {"high", end(mean.interval, &Interval::high)},
          {"tasks", mean.tasks},
          {"families", mean.families},
          {"passed", mean.passed},
          {"pass_low", end(mean.pass_rate, &Interval::low)},
          {"pass_high", end(mean.pass_rate, &Interval::high)},
          {"claim", claim_name(mean.claim)},
          {"method", !mean.interval                               ? Json(nullptr)
                     : mean.method == IntervalMethod::t_clustered ? Json("t over families")
                                                                  : Json("BCa bootstrap over families")}};
}

Json models_json(const EvalReport& report) {
  Json list = Json::array();
  for (const ModelStanding& line : report.ranked.models) list.push_back(model_json(report, line));
  return list;
}

Json pair_json(const EvalReport& report, const PairStanding& pair) {
  const PairComparison& comparison = pair.comparison;
  return {{"first", report.name(pair.first)},
          {"second", report.name(pair.second)},
          {"verdict", pair_verdict_name(pair.verdict)},
          {"words", pair_words(pair, report.name(pair.first), report.name(pair.second))},
          {"difference", comparison.families > 0 ? Json(comparison.mean_difference) : Json(nullptr)},
          {"low", comparison.interval ? Json(comparison.interval->low) : Json(nullptr)},
          {"high", comparison.interval ? Json(comparison.interval->high) : Json(nullptr)},
          {"families", comparison.families},
          {"p", comparison.p},
          {"p_corrected", pair.corrected_p},
          {"p_equivalence", optional_json(comparison.equivalence)},
          {"only_first_passed", pair.only_first},
          {"only_second_passed", pair.only_second},
          {"p_passes", pair.mcnemar_p},
          {"families_needed", pair.families_needed ? Json(*pair.families_needed) : Json(nullptr)}};
}

Json pairs_json(const EvalReport& report) {
  Json list = Json::array();
  for (const PairStanding& pair : report.ranked.pairs) list.push_back(pair_json(report, pair));
  return list;
}

Json heatmap_json(const EvalReport& report) {
  const ResultSet& results = report.results;
  Json models = Json::array(), tasks = Json::array(), categories = Json::array(), roles = Json::array();
  for (const ModelStanding& line : report.ranked.models) models.push_back(report.name(line.model));
  std::set<std::string> category_names, role_names;
  for (std::size_t i = 0; i < results.tasks.size(); ++i) {
    const EvaluatedTask& task = results.tasks[i];
    if (!task.category.empty()) category_names.insert(task.category);
    if (!task.role.empty()) role_names.insert(task.role);
    Json scores = Json::array();
    for (const ModelStanding& line : report.ranked.models) {
      scores.push_back(optional_json(report.sheet.scores[line.model][i]));
    }
    tasks.push_back({{"task", task.id},
                     {"role", known_text(task.role)},
                     {"category", known_text(task.category)},
                     {"family", task.family.empty() ? task.id : task.family},
                     {"scores", std::move(scores)}});
  }
  for (const std::string& name : category_names) {
    categories.push_back(group_json(report, name, tasks_of_category(results, name)));
  }
  for (const std::string& name : role_names) roles.push_back(group_json(report, name, tasks_of_role(results, name)));
  return {{"models", std::move(models)},
          {"categories", std::move(categories)},
          {"roles", std::move(roles)},
          {"tasks", std::move(tasks)}};
}

Json proxies_json(const EvalReport& report) {
  Json list = Json::array();
  for (const ProxyGroup& group : proxy_groups(report.house.catalog, report.results, report.sheet, report.question)) {
    Json columns = Json::array();
    for (const PairStanding& pair : group.columns) columns.push_back(pair_json(report, pair));
    list.push_back({{"model", (report.results.run.is_demo ? "shape " : "") + group.llm->id},
                    {"reference", report.name(group.reference)},
                    {"columns", std::move(columns)}});
  }
  return list;
}

Json review_json(const EvalReport& report) {
  Json open = Json::array();
  std::map<std::string, int> reasons;
  int waiting = 0, decided = 0, shared = 0;
  constexpr int kMostListed = 200;
  for (const EvaluatedAnswer& answer : report.results.answers) {
    if (!answer.review) continue;
    ++(answer.review->grades ? decided : waiting);
    if (answer.review->grades && answer.review->identical > 1) ++shared;
    for (const std::string& reason : answer.review->reasons) ++reasons[reason];
    if (answer.review->grades || waiting > kMostListed) continue;
    open.push_back({{"task", answer.task},
                    {"model", answer.model},
                    {"sample", answer.sample},
                    {"reasons", answer.review->reasons}});
  }
  Json counts = Json::array();
  for (const auto& [reason, count] : reasons) counts.push_back({{"reason", reason}, {"answers", count}});
  return {{"waiting", waiting},
          {"decided", decided},
          {"shared", shared},
          {"reasons", std::move(counts)},
          {"open", std::move(open)}};
}

}  // namespace rigwise
