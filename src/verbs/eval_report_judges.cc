#include "verbs/answers.h"
#include "verbs/eval_report_parts.h"

namespace rigwise {
namespace {

Json coefficient_json(const Coefficient& coefficient) {
  if (!coefficient.value) return nullptr;
  Json json = {{"value", *coefficient.value}, {"low", nullptr}, {"high", nullptr}};
  if (coefficient.interval) {
    json["low"] = coefficient.interval->low;
    json["high"] = coefficient.interval->high;
  }
  return json;
}

Json agreement_json(const Agreement& agreement) {
  Json confusion = Json::array();
  for (const auto& row : agreement.pairs) confusion.push_back(row);
  return {{"about", agreement.about},
          {"answers", agreement.answers},
          {"grades", agreement.grades},
          {"raw", coefficient_json(agreement.raw)},
          {"kappa", coefficient_json(agreement.kappa)},
          {"alpha", coefficient_json(agreement.alpha)},
          {"ac2", coefficient_json(agreement.ac2)},
          {"reliability", agreement.reliability ? Json(reliability_words(*agreement.reliability)) : Json(nullptr)},
          {"confusion", std::move(confusion)}};
}

Json judge_json(const JudgeRecordOf& judge) {
  Json leans = Json::array(), canaries = Json::array();
  for (const Lean& lean : judge.leans) {
    leans.push_back({{"family", lean.family}, {"residual", lean.residual}, {"answers", lean.answers}});
  }
  for (const CanaryCount& canary : judge.canaries) {
    canaries.push_back({{"kind", canary.kind}, {"passed", canary.passed}, {"tried", canary.tried}});
  }
  return {{"judge", judge.judge},
          {"family", judge.family.empty() ? Json(nullptr) : Json(judge.family)},
          {"verdicts", judge.verdicts},
          {"errors", judge.errors},
          {"repeats", judge.repeats},
          {"repeats_same", judge.repeats_same},
          {"length_rank_correlation", optional_json(judge.length_rank)},
          {"leans", std::move(leans)},
          {"grades_with_person", judge.with_person},
          {"grades_as_person", judge.as_person},
          {"kappa_with_person", optional_json(judge.kappa_with_person)},
          {"canaries", std::move(canaries)}};
}

}  // namespace

Json judges_json(const EvalReport& report) {
  const std::optional<JudgesReport> judged = judges_report(report.results, report.request.level);
  if (!judged) return nullptr;
  Json agreements = Json::array(), judges = Json::array(), tasks = Json::array();
  for (const Agreement& agreement : judged->agreements) agreements.push_back(agreement_json(agreement));
  for (const JudgeRecordOf& judge : judged->judges) judges.push_back(judge_json(judge));
  for (const TaskCorrelation& task : judged->tasks) {
    tasks.push_back({{"task", task.task},
                     {"rank_correlation", optional_json(task.rank_correlation)},
                     {"answers", task.answers},
                     {"flagged", task.is_flagged}});
  }
  return {{"answers", judged->answers},
          {"both", judged->both},
          {"one", judged->one},
          {"in_error", judged->in_error},
          {"agreement", std::move(agreements)},
          {"judges", std::move(judges)},
          {"tasks", std::move(tasks)}};
}

}  // namespace rigwise
