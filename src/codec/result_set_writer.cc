#include "codec/canonical_json.h"
#include "codec/result_set.h"
#include "codec/result_set_words.h"
#include "codec/sha256.h"
#include "core/base/check.h"

namespace rigwise {
namespace {

template <class T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

void put_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json run_json(const RunFacts& run) {
  Json json = {{"id", run.id}, {"label", run.label}, {"protocol", run.protocol}};
  put_text(json, "started", run.started);
  put_text(json, "task_set", run.task_set);
  put_text(json, "code_version", run.code_version);
  put_text(json, "host", run.host);
  if (run.is_demo) json["is_demo"] = true;
  Json settings = Json::object();
  for (const auto& [key, value] : run.settings) settings[key] = value;
  if (!settings.empty()) json["settings"] = std::move(settings);
  return json;
}

Json model_json(const EvaluatedModel& model) {
  Json json = {{"id", model.id}, {"requested", model.requested}};
  put(json, "catalog_id", model.catalog_id);
  put_text(json, "family", model.family);
  put(json, "endpoint", model.endpoint);
  put(json, "provider", model.provider);
  put(json, "quantisation", model.quantisation);
  put(json, "digest", model.digest);
  put(json, "server", model.server);
  put(json, "memory_gb", model.memory_gb);
  put(json, "setup", model.setup);
  put(json, "foreign", model.foreign);
  return json;
}

Json task_json(const EvaluatedTask& task) {
  Json json = {{"id", task.id}, {"rev", task.rev}};
  put_text(json, "role", task.role);
  put_text(json, "category", task.category);
  put_text(json, "family", task.family);
  put_text(json, "kind", task.kind);
  put_text(json, "lang", task.lang);
  json["pass_mark"] = task.pass_mark;
  return json;
}

Json check_json(const AnswerCheck& check) {
  Json json = {{"name", check.name}, {"type", check.type}, {"part", score_part_name(check.part)}};
  if (!check.applicable) json["applicable"] = false;
  json["value"] = check.value;
  put_text(json, "evidence", check.evidence);
  return json;
}

Json opinion_json(const JudgeOpinion& opinion) {
  Json json = {{"judge", opinion.judge}};
  put_text(json, "family", opinion.family);
  if (opinion.repeat > 0) json["repeat"] = opinion.repeat;
  if (opinion.verdict) {
    Json verdict = Json::object();
    for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
      const CriterionGrade& grade = opinion.verdict->grades[i];
      Json entry = {{"score", grade.score}};
      put_text(entry, "evidence", grade.evidence);
      put_text(entry, "reason", grade.reason);
      verdict[std::string(kCriterionNames[i])] = std::move(entry);
    }
    if (opinion.verdict->injection_suspected) verdict["injection_suspected"] = true;
    json["verdict"] = std::move(verdict);
  }
  put(json, "error", opinion.error);
  put(json, "cost_nano", opinion.cost_nano);
  return json;
}

Json review_json(const AnswerReview& review) {
  Json json = {{"reasons", review.reasons}};
  if (review.grades) json["grades"] = *review.grades;
  put_text(json, "who", review.who);
  put_text(json, "note", review.note);
  if (review.identical > 1) json["identical"] = review.identical;
  return json;
}

/// All but the answers.
Json head_json(const ResultSet& results) {
  Json json = {{"format", std::string(kResultSetFormat)}, {"run", run_json(results.run)}};
  for (const char* key : {"models", "tasks", "answers"}) json[key] = Json::array();
  for (const EvaluatedModel& model : results.models) json["models"].push_back(model_json(model));
  for (const EvaluatedTask& task : results.tasks) json["tasks"].push_back(task_json(task));
  for (const CanaryCount& canary : results.canaries) {
    json["canaries"].push_back(
        {{"judge", canary.judge}, {"kind", canary.kind}, {"passed", canary.passed}, {"tried", canary.tried}});
  }
  for (const ExcludedItem& item : results.excluded) {
    json["excluded"].push_back({{"what", item.what}, {"id", item.id}, {"reason", item.reason}});
  }
  json["money"] = {{"spent_nano", results.money.spent_nano},
                   {"doubtful_nano", results.money.doubtful_nano},
                   {"judges_nano", results.money.judges_nano},
                   {"currency", results.money.currency}};
  return json;
}

/// canonical_json(result_set_json(results)) without the tree of all answers: "answers" sorts before every other key.
std::string canonical_text(const ResultSet& results) {
  constexpr std::string_view kStart = "{\"answers\":[";
  const std::string head = canonical_json(head_json(results));
  RW_CHECK(head.starts_with(kStart));
  std::string text(kStart);
  for (const EvaluatedAnswer& answer : results.answers) {
    if (text.size() > kStart.size()) text += ',';
    text += canonical_json(evaluated_answer_json(answer));
  }
  return text.append(head, kStart.size());
}

}  // namespace

Json evaluated_answer_json(const EvaluatedAnswer& answer) {
  Json json = {{"task", answer.task}, {"model", answer.model}, {"outcome", std::string(outcome_name(answer.outcome))}};
  if (answer.sample != 0) json["sample"] = answer.sample;
  if (answer.attempts != 1) json["attempts"] = answer.attempts;
  put(json, "score", answer.score);
  if (answer.capped) json["capped"] = true;
  for (const PartScore& part : answer.parts) {
    json["parts"].push_back({{"part", score_part_name(part.part)}, {"value", part.value}, {"weight", part.weight}});
  }
  for (const AnswerCheck& check : answer.checks) json["checks"].push_back(check_json(check));
  put(json, "cost_nano", answer.cost_nano);
  put(json, "cost_source", answer.cost_source);
  Json tokens = Json::object();
  put(tokens, "prompt", answer.tokens.prompt);
  put(tokens, "cached", answer.tokens.cached);
  put(tokens, "completion", answer.tokens.completion);
  put(tokens, "reasoning", answer.tokens.reasoning);
  if (!tokens.empty()) json["tokens"] = std::move(tokens);
  put(json, "total_s", answer.total_s);
  put(json, "first_token_s", answer.first_token_s);
  put(json, "text", answer.text);
  for (const JudgeOpinion& opinion : answer.judgements) json["judgements"].push_back(opinion_json(opinion));
  if (answer.review) json["review"] = review_json(*answer.review);
  put(json, "key", answer.key);
  return json;
}

Json result_set_json(const ResultSet& results) {
  Json json = head_json(results);
  for (const EvaluatedAnswer& answer : results.answers) json["answers"].push_back(evaluated_answer_json(answer));
  return json;
}

std::string result_set_sha256(const ResultSet& results) { return sha256_hex(canonical_text(results)); }

std::string result_set_text(ResultSet results) {
  put_in_order(results);
  return canonical_text(results) + "\n";
}

}  // namespace rigwise
