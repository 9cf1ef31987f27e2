#include <algorithm>

#include "codec/canonical_json.h"
#include "codec/foreign_rows.h"

namespace rigwise {
namespace {

/// C, P, I and N are correct, partial, incorrect and no answer; nothing when it is no grade: unscored is not 0.
std::optional<double> worth_of(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) {
    const double number = value.get<double>();
    return number >= 0 && number <= 1 ? std::optional<double>(number) : std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const std::string grade = value.get<std::string>();
  if (grade == "C") return 1;
  if (grade == "P") return 0.5;
  return grade == "I" || grade == "N" ? std::optional<double>(0) : std::nullopt;
}

std::string text_of_message(const Json& message) {
  const Json& content = part_in(message, "content");
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  for (const Json& part : content) {
    if (part.is_object() && text_in(part, "type") == "text") text += text_in(part, "text");
  }
  return text;
}

Outcome outcome_of(const Json& sample, const Json& choice, const std::string& text) {
  if (part_in(sample, "error").is_object()) return Outcome::harness_error;
  const std::string stop = text_in(choice, "stop_reason");
  if (text.empty()) return Outcome::empty;
  if (stop == "max_tokens" || stop == "model_length") return Outcome::truncated;
  return stop == "content_filter" ? Outcome::content_filter : Outcome::ok;
}

void add_usage(const Json& sample, const std::string& model, EvaluatedAnswer& answer) {
  const Json& usage = part_in(part_in(sample, "model_usage"), model.c_str());
  const auto count = [&](const char* key) -> std::optional<std::int64_t> {
    const auto number = number_in(usage, key);
    return number && *number >= 0 && *number < 1e12 ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
  };
  answer.tokens = {count("input_tokens"), count("input_tokens_cache_read"), count("output_tokens"),
                   count("reasoning_tokens")};
}

void add_scores(const Json& sample, EvaluatedAnswer& answer) {
  const Json& scores = part_in(sample, "scores");
  if (!scores.is_object()) return;
  for (auto at = scores.begin(); at != scores.end(); ++at) {
    const auto worth = worth_of(part_in(*at, "value"));
    AnswerCheck check;
    check.name = at.key();
    check.type = "scorer";
    check.applicable = worth.has_value();
    check.value = worth.value_or(0);
    check.evidence = text_in(*at, "explanation").substr(0, 500);
    if (worth && !answer.score) answer.score = worth;
    answer.checks.push_back(std::move(check));
  }
}

void add_sample(const Json& sample, const std::string& task, const std::string& model, ForeignRows& rows) {
  const Json& choices = part_in(part_in(sample, "output"), "choices");
  const Json choice = choices.is_array() && !choices.empty() ? choices[0] : Json::object();
  EvaluatedAnswer answer;
  answer.model = rows.model(model);
  answer.task = rows.task(task, {{"input", part_in(sample, "input")}, {"target", part_in(sample, "target")}});
  const std::string text = text_of_message(part_in(choice, "message"));
  answer.text = text;
  answer.outcome = outcome_of(sample, choice, text);
  if (counts_as_answer(answer.outcome)) add_scores(sample, answer);
  // An empty answer that no scorer looked at is not scored either.
  if (answer.outcome == Outcome::empty && !answer.score) answer.outcome = Outcome::ok;
  answer.total_s = number_in(sample, "total_time");
  if (answer.total_s && (*answer.total_s < 0 || *answer.total_s > 1e9)) answer.total_s.reset();
  add_usage(sample, model, answer);
  const double epoch = number_in(sample, "epoch").value_or(1);
  rows.answer(std::move(answer), static_cast<int>(std::clamp(epoch, 1.0, 1e6)) - 1);
}

}  // namespace

bool is_inspect(const Json& first) {
  return part_in(first, "eval").is_object() && first.contains("status") && first.contains("version");
}

Result<void> read_inspect(const ForeignFile& file, ForeignRows& rows) {
  const Result<std::vector<Json>> values = values_in(file);
  if (!values) return fail(values.error());
  for (const Json& log : *values) {
    const Json& eval = part_in(log, "eval");
    RunFacts& run = rows.results().results.run;
    if (run.id.empty()) {
      run.id = text_in(eval, "run_id");
      run.started = text_in(eval, "created");
      run.code_version = "inspect " + text_in(part_in(eval, "packages"), "inspect_ai");
    }
    const std::string task = text_in(eval, "task"), status = text_in(log, "status");
    if (status != "success") {
      rows.results().results.excluded.push_back(
          {"answer", task, "the log of " + file.name + " is partial: its status is " + status});
    }
    if (!part_in(log, "samples").is_array()) {
      return invalid("the log has no samples", file.name, "a whole log: inspect log dump LOG, without --header-only");
    }
    for (const Json& sample : log["samples"]) add_sample(sample, task, text_in(eval, "model"), rows);
  }
  return {};
}

}  // namespace rigwise
