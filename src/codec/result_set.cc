#include "codec/result_set.h"

#include <array>
#include <limits>
#include <set>

#include "codec/result_set_words.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 3> kParts = {"content", "compile", "completeness"};
constexpr double kMostNano = 9e15;  ///< nine million of the currency; integers are exact up to here

Error fault_of(std::string message, std::string where, std::string accepted = {}) {
  return {ErrorCode::invalid_input, std::move(message), std::move(where), std::move(accepted), {}};
}

std::optional<std::int64_t> whole(ObjectReader& reader, const char* key) {
  const auto value = reader.number(key, 0, kMostNano);
  if (!value) return std::nullopt;
  const auto number = static_cast<std::int64_t>(*value);
  if (static_cast<double>(number) != *value) reader.refuse(fault_of("not a whole number", reader.path_of(key)));
  return number;
}

/// Reads each entry of the list under `key` with `read(json, path)`, which gives a value or a fault.
template <class T, class Read>
void read_list(ObjectReader& reader, const char* key, std::vector<T>& list, Read read) {
  const Json* entries = reader.raw(key);
  if (entries == nullptr) return;
  if (!entries->is_array()) return reader.refuse(fault_of("\"" + std::string(key) + "\" must be a list", key));
  list.reserve(entries->size());
  for (std::size_t i = 0; i < entries->size(); ++i) {
    Result<T> entry = read((*entries)[i], reader.path_of(key) + "[" + std::to_string(i) + "]");
    if (!entry) return reader.refuse(entry.error());
    list.push_back(std::move(*entry));
  }
}

template <class T>
Result<T> read_as(T value, ObjectReader& reader) {
  if (auto fault = reader.done()) return fail(std::move(*fault));
  return value;
}

Result<RunFacts> read_run(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  RunFacts run;
  run.id = reader.text("id").value_or("");
  run.label = reader.text("label").value_or("");
  run.started = reader.text("started").value_or("");
  run.task_set = reader.text("task_set").value_or("");
  run.code_version = reader.text("code_version").value_or("");
  run.host = reader.text("host").value_or("");
  run.protocol = reader.integer("protocol", 0, 1'000'000).value_or(1);
  run.is_demo = reader.boolean("is_demo").value_or(false);
  if (const Json* settings = reader.raw("settings")) {
    if (!settings->is_object()) reader.refuse(fault_of("\"settings\" must be an object of texts", path + ".settings"));
    for (auto at = settings->begin(); settings->is_object() && at != settings->end(); ++at) {
      if (!at->is_string())
        reader.refuse(fault_of("\"" + at.key() + "\" must be text", path + ".settings"));
      else
        run.settings.emplace_back(at.key(), at->get<std::string>());
    }
  }
  return read_as(std::move(run), reader);
}

Result<EvaluatedModel> read_model(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  EvaluatedModel model;
  model.id = reader.required_text("id", "llama-3.1-8b");
  model.requested = reader.text("requested").value_or(model.id);
  model.catalog_id = reader.text("catalog_id");
  model.family = reader.text("family").value_or("");
  model.endpoint = reader.text("endpoint");
  model.provider = reader.text("provider");
  model.quantisation = reader.text("quantisation");
  model.digest = reader.text("digest");
  model.server = reader.text("server");
  model.memory_gb = reader.number("memory_gb", 0, 1e6);
  model.setup = reader.text("setup");
  model.foreign = reader.text("foreign");
  return read_as(std::move(model), reader);
}

Result<EvaluatedTask> read_task(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  EvaluatedTask task;
  task.id = reader.required_text("id", "developer/parse-dates");
  task.rev = reader.text("rev").value_or("");
  task.role = reader.text("role").value_or("");
  task.category = reader.text("category").value_or("");
  task.family = reader.text("family").value_or("");
  task.kind = reader.text("kind").value_or("");
  task.lang = reader.text("lang").value_or("");
  task.pass_mark = reader.number("pass_mark", 0, 1).value_or(task.pass_mark);
  return read_as(std::move(task), reader);
}

ScorePart read_part(ObjectReader& reader) {
  const std::string name = reader.text("part").value_or("content");
  const auto part = score_part_of_name(name);
  if (!part) {
    reader.refuse(fault_of("no part of a score is called \"" + name + "\"", reader.path_of("part"),
                           "content, compile or completeness"));
  }
  return part.value_or(ScorePart::content);
}

Result<AnswerCheck> read_check(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  AnswerCheck check;
  check.name = reader.text("name").value_or("");
  check.type = reader.text("type").value_or("");
  check.part = read_part(reader);
  check.applicable = reader.boolean("applicable").value_or(true);
  check.value = reader.number("value", 0, 1).value_or(0);
  check.evidence = reader.text("evidence").value_or("");
  return read_as(std::move(check), reader);
}

Result<PartScore> read_part_score(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  PartScore part;
  part.part = read_part(reader);
  part.value = reader.number("value", 0, 1).value_or(0);
  part.weight = reader.number("weight", 0, 1e6).value_or(0);
  return read_as(part, reader);
}

Result<JudgeVerdict> read_verdict(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  JudgeVerdict verdict;
  for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
    const Json* entry = reader.raw(kCriterionNames[i]);
    if (entry == nullptr) {
      reader.refuse(fault_of("\"" + std::string(kCriterionNames[i]) + "\" is missing", path));
      continue;
    }
    ObjectReader grade(*entry, path + "." + std::string(kCriterionNames[i]));
    const auto score = grade.integer("score", 0, kBestGrade);
    if (!score) grade.refuse(fault_of("a verdict without a score", grade.path_of("score"), "0, 1 or 2"));
    verdict.grades[i] = {grade.text("evidence").value_or(""), grade.text("reason").value_or(""), score.value_or(0)};
    if (auto fault = grade.done()) reader.refuse(std::move(*fault));
  }
  verdict.injection_suspected = reader.boolean("injection_suspected").value_or(false);
  return read_as(std::move(verdict), reader);
}

Result<JudgeOpinion> read_opinion(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  JudgeOpinion opinion;
  opinion.judge = reader.required_text("judge", "the judge's name");
  opinion.family = reader.text("family").value_or("");
  opinion.repeat = reader.integer("repeat", 0, 1000).value_or(0);
  opinion.error = reader.text("error");
  opinion.cost_nano = whole(reader, "cost_nano");
  if (const Json* verdict = reader.raw("verdict")) {
    Result<JudgeVerdict> read = read_verdict(*verdict, path + ".verdict");
    if (read)
      opinion.verdict = std::move(*read);
    else
      reader.refuse(read.error());
  }
  if (opinion.verdict.has_value() == opinion.error.has_value()) {
    reader.refuse(fault_of("a judge gives a verdict or an error, one of both", path));
  }
  return read_as(std::move(opinion), reader);
}

Result<AnswerReview> read_review(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  AnswerReview review;
  review.reasons = reader.texts("reasons").value_or(std::vector<std::string>());
  review.who = reader.text("who").value_or("");
  review.note = reader.text("note").value_or("");
  constexpr int kMostIdentical = 1'000'000;
  review.identical = reader.integer("identical", 1, kMostIdentical).value_or(1);
  if (const Json* grades = reader.raw("grades")) {
    std::array<int, 3> read = {};
    bool good = grades->is_array() && grades->size() == read.size();
    for (std::size_t i = 0; good && i < read.size(); ++i) {
      good = (*grades)[i].is_number_integer() && (*grades)[i] >= 0 && (*grades)[i] <= kBestGrade;
      if (good) read[i] = (*grades)[i].get<int>();
    }
    if (good)
      review.grades = read;
    else
      reader.refuse(fault_of("three grades of 0, 1 or 2 are expected", path + ".grades"));
  }
  return read_as(std::move(review), reader);
}

AnswerTokens read_tokens(ObjectReader& reader, const std::string& path) {
  AnswerTokens tokens;
  const Json* json = reader.raw("tokens");
  if (json == nullptr) return tokens;
  ObjectReader counts(*json, path + ".tokens");
  tokens.prompt = whole(counts, "prompt");
  tokens.cached = whole(counts, "cached");
  tokens.completion = whole(counts, "completion");
  tokens.reasoning = whole(counts, "reasoning");
  if (auto fault = counts.done()) reader.refuse(std::move(*fault));
  return tokens;
}

Outcome read_outcome(ObjectReader& reader) {
  const std::string name = reader.text("outcome").value_or("ok");
  const auto outcome = outcome_of_name(name);
  if (!outcome) {
    reader.refuse(fault_of("no outcome is called \"" + name + "\"", reader.path_of("outcome"),
                           "ok, empty, truncated, refused, content_filter, timeout_model, infra_error or "
                           "harness_error"));
  }
  return outcome.value_or(Outcome::ok);
}

Result<EvaluatedAnswer> read_answer(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  EvaluatedAnswer answer;
  answer.task = reader.required_text("task", "an id of \"tasks\"");
  answer.model = reader.required_text("model", "an id of \"models\"");
  answer.sample = reader.integer("sample", 0, 1'000'000).value_or(0);
  answer.outcome = read_outcome(reader);
  answer.attempts = reader.integer("attempts", 0, 1'000'000).value_or(1);
  answer.score = reader.number("score", 0, 1);
  answer.capped = reader.boolean("capped").value_or(false);
  read_list(reader, "parts", answer.parts, read_part_score);
  read_list(reader, "checks", answer.checks, read_check);
  answer.cost_nano = whole(reader, "cost_nano");
  answer.cost_source = reader.text("cost_source");
  answer.tokens = read_tokens(reader, path);
  answer.total_s = reader.number("total_s", 0, 1e9);
  answer.first_token_s = reader.number("first_token_s", 0, 1e9);
  answer.text = reader.text("text");
  read_list(reader, "judgements", answer.judgements, read_opinion);
  if (const Json* review = reader.raw("review")) {
    Result<AnswerReview> read = read_review(*review, path + ".review");
    if (read)
      answer.review = std::move(*read);
    else
      reader.refuse(read.error());
  }
  answer.key = reader.text("key");
  return read_as(std::move(answer), reader);
}

Result<CanaryCount> read_canary(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  CanaryCount canary;
  canary.judge = reader.required_text("judge", "the judge's name");
  canary.kind = reader.required_text("kind", "reference");
  canary.passed = reader.integer("passed", 0, std::numeric_limits<int>::max()).value_or(0);
  canary.tried = reader.integer("tried", 0, std::numeric_limits<int>::max()).value_or(0);
  return read_as(std::move(canary), reader);
}

Result<ExcludedItem> read_excluded(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  ExcludedItem item;
  item.what = reader.required_text("what", "task");
  item.id = reader.required_text("id", "developer/parse-dates");
  item.reason = reader.required_text("reason", "its checks cannot be read");
  return read_as(std::move(item), reader);
}

Result<RunMoney> read_money(const Json& json, const std::string& path) {
  ObjectReader reader(json, path);
  RunMoney money;
  money.spent_nano = whole(reader, "spent_nano").value_or(0);
  money.doubtful_nano = whole(reader, "doubtful_nano").value_or(0);
  money.judges_nano = whole(reader, "judges_nano").value_or(0);
  money.currency = reader.text("currency").value_or(money.currency);
  return read_as(std::move(money), reader);
}

/// Every answer belongs to a task and a model of the set, and nothing stands there twice.
std::optional<Error> dangling(const ResultSet& results, const std::string& where) {
  std::set<std::string_view> tasks, models;
  for (const EvaluatedTask& task : results.tasks) {
    if (!tasks.insert(task.id).second) return fault_of("the task \"" + task.id + "\" stands twice", where);
  }
  for (const EvaluatedModel& model : results.models) {
    if (!models.insert(model.id).second) return fault_of("the model \"" + model.id + "\" stands twice", where);
  }
  for (const EvaluatedAnswer& answer : results.answers) {
    if (!tasks.contains(answer.task))
      return fault_of("an answer to \"" + answer.task + "\", no task of the set", where);
    if (!models.contains(answer.model))
      return fault_of("an answer of \"" + answer.model + "\", no model of the set", where);
  }
  return std::nullopt;
}

}  // namespace

std::string score_part_name(ScorePart part) { return std::string(kParts[static_cast<std::size_t>(part)]); }

std::optional<ScorePart> score_part_of_name(std::string_view name) {
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    if (kParts[i] == name) return static_cast<ScorePart>(i);
  }
  return std::nullopt;
}

Result<ResultSet> result_set_of_json(const Json& json, const std::string& where) {
  ObjectReader reader(json, where);
  ResultSet results;
  const std::string format = reader.text("format").value_or("");
  if (json.is_object() && format != kResultSetFormat) {
    return invalid(format.empty() ? "no result set: it does not say its format"
                                  : "\"" + format + "\" is no format of a result set that this program reads",
                   where, "a file with \"format\": \"" + std::string(kResultSetFormat) + "\"");
  }
  const auto object = [&](const char* key, auto& into, auto read) {
    const Json* value = reader.raw(key);
    if (value == nullptr) return;
    auto got = read(*value, reader.path_of(key));
    if (got)
      into = std::move(*got);
    else
      reader.refuse(got.error());
  };
  object("run", results.run, read_run);
  read_list(reader, "models", results.models, read_model);
  read_list(reader, "tasks", results.tasks, read_task);
  read_list(reader, "answers", results.answers, read_answer);
  read_list(reader, "canaries", results.canaries, read_canary);
  read_list(reader, "excluded", results.excluded, read_excluded);
  object("money", results.money, read_money);
  if (auto fault = reader.done()) return fail(std::move(*fault));
  if (auto fault = dangling(results, where)) return fail(std::move(*fault));
  put_in_order(results);
  return results;
}

Result<ResultSet> parse_result_set(std::string_view text, const std::string& where) {
  const Result<Json> json = parse_json(text);
  if (!json) {
    Error fault = json.error();
    fault.where = where + (fault.where.empty() ? "" : ", " + fault.where);
    return fail(std::move(fault));
  }
  return result_set_of_json(*json, where);
}

}  // namespace rigwise
