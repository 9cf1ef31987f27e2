#include <algorithm>
#include <cmath>

#include "codec/canonical_json.h"
#include "codec/foreign_rows.h"

namespace rigwise {
namespace {

bool is_row(const Json& value) {
  return value.is_object() && value.contains("provider") &&
         (value.contains("gradingResult") || value.contains("success"));
}

std::string provider_name(const Json& provider) {
  if (provider.is_string()) return provider.get<std::string>();
  const std::string label = text_in(provider, "label");
  return label.empty() ? text_in(provider, "id") : label;
}

/// What was asked and how it was checked; the row's place says neither.
Json content_of(const Json& row) {
  const Json& test = part_in(row, "testCase");
  const Json& vars = row.contains("vars") ? row["vars"] : part_in(test, "vars");
  return {{"prompt", text_in(part_in(row, "prompt"), "raw")}, {"vars", vars}, {"assert", part_in(test, "assert")}};
}

std::vector<AnswerCheck> checks_of(const Json& row) {
  std::vector<AnswerCheck> checks;
  for (const Json& component : part_in(part_in(row, "gradingResult"), "componentResults")) {
    const Json& assertion = part_in(component, "assertion");
    AnswerCheck check;
    check.type = text_in(assertion, "type");
    const Json& value = part_in(assertion, "value");
    check.name = value.is_string() ? value.get<std::string>().substr(0, 60) : check.type;
    check.value = std::clamp(number_in(component, "score").value_or(0), 0.0, 1.0);
    check.evidence = text_in(component, "reason");
    checks.push_back(std::move(check));
  }
  return checks;
}

std::optional<std::int64_t> count_in(const Json& object, const char* key) {
  const auto number = number_in(object, key);
  if (!number || *number < 0 || *number > 1e12) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

/// 0 none, 1 a check failed, 2 an error: nobody's answer.
Outcome outcome_of(const Json& row, const std::optional<std::string>& text) {
  constexpr double kError = 2;
  const bool no_response = !part_in(row, "response").is_object();
  if (number_in(row, "failureReason") == kError || (no_response && !text_in(row, "error").empty())) {
    return Outcome::infra_error;
  }
  return text && !text->empty() ? Outcome::ok : Outcome::empty;
}

void add_row(const Json& row, ForeignRows& rows) {
  const Json& response = part_in(row, "response");
  EvaluatedAnswer answer;
  answer.model = rows.model(provider_name(row["provider"]));
  const double pass_mark = number_in(part_in(row, "testCase"), "threshold").value_or(1);
  answer.task = rows.task("", content_of(row), pass_mark);
  const Json& output = part_in(response, "output");
  if (output.is_string()) answer.text = output.get<std::string>();
  if (output.is_object() || output.is_array()) answer.text = canonical_json(output);
  answer.outcome = outcome_of(row, answer.text);
  if (counts_as_answer(answer.outcome)) {
    if (const auto score = number_in(row, "score")) answer.score = std::clamp(*score, 0.0, 1.0);
    answer.checks = checks_of(row);
  }
  const bool cached = part_in(response, "cached") == true;
  const Json& usage = part_in(response, "tokenUsage");
  answer.tokens = {count_in(usage, "prompt"), count_in(usage, "cached"), count_in(usage, "completion"), {}};
  const auto cost = number_in(row, "cost"), latency = number_in(row, "latencyMs");
  if (cost && *cost > 0 && *cost < 1e6 && !cached) {
    answer.cost_nano = static_cast<std::int64_t>(std::llround(*cost * 1e9));
    answer.cost_source = "promptfoo";
  }
  if (latency && *latency > 0 && *latency < 1e12 && !cached) answer.total_s = *latency / 1000;
  rows.answer(std::move(answer), std::nullopt);
}

}  // namespace

bool is_promptfoo(const Json& first) {
  if (is_row(first)) return true;
  const Json& results = part_in(part_in(first, "results"), "results");
  return results.is_array() && (results.empty() || is_row(results[0]));
}

Result<void> read_promptfoo(const ForeignFile& file, ForeignRows& rows) {
  const Result<std::vector<Json>> values = values_in(file);
  if (!values) return fail(values.error());
  RunFacts& run = rows.results().results.run;
  for (const Json& value : *values) {
    if (is_row(value)) {
      add_row(value, rows);
      continue;
    }
    const Json& results = part_in(value, "results");
    const auto version = number_in(results, "version");
    if (version && *version != 3) {
      return invalid("results of version " + std::to_string(static_cast<int>(*version)) + " of promptfoo's format",
                     file.name, "version 3, which promptfoo writes since 0.100");
    }
    if (run.id.empty()) {
      run.id = text_in(value, "evalId");
      run.started = text_in(results, "timestamp");
      run.code_version = "promptfoo " + text_in(part_in(value, "metadata"), "promptfooVersion");
    }
    for (const Json& row : part_in(results, "results")) {
      if (is_row(row)) add_row(row, rows);
    }
  }
  return {};
}

}  // namespace rigwise
