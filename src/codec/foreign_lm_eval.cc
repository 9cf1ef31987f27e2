#include <algorithm>
#include <map>

#include "codec/foreign_rows.h"

namespace rigwise {
namespace {

bool is_sample(const Json& value) {
  return value.is_object() && value.contains("doc_id") && (value.contains("filtered_resps") || value.contains("resps"));
}

bool is_summary(const Json& value) {
  return value.is_object() && value.contains("configs") && part_in(value, "results").is_object();
}

/// "samples_gsm8k_2026-11-22T05-50-00.123.jsonl" -> gsm8k
std::string task_name(const std::string& file) {
  std::string name = file.substr(file.find_last_of("/\\") + 1);
  if (name.starts_with("samples_")) name.erase(0, 8);
  name = name.substr(0, name.rfind(".jsonl"));
  const std::size_t stamp = name.find("_20");
  return stamp == std::string::npos || name.find('T', stamp) == std::string::npos ? name : name.substr(0, stamp);
}

/// "model=NAME,base_url=..." -> NAME
std::string model_in_arguments(const std::string& arguments) {
  constexpr std::string_view kKey = "model=";
  const std::size_t at = arguments.find(kKey);
  if (at == std::string::npos) return {};
  const std::size_t start = at + kKey.size();
  return arguments.substr(start, arguments.find(',', start) - start);
}

std::string model_of(const Json& summary) {
  const Json& config = part_in(summary, "config");
  const Json& arguments = part_in(config, "model_args");
  std::string name =
      arguments.is_object() ? text_in(arguments, "model") : model_in_arguments(text_in(config, "model_args"));
  if (name.empty()) name = text_in(summary, "model_name");
  return name.empty() ? text_in(config, "model") : name;
}

/// The first text among nested lists.
std::optional<std::string> first_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_array() && !value.empty()) return first_text(value[0]);
  return std::nullopt;
}

Json content_of(const Json& sample) {
  Json content = Json::object();
  for (const char* key : {"doc_hash", "prompt_hash", "target_hash"}) {
    if (sample.contains(key)) content[key] = sample[key];
  }
  if (content.empty()) content = {{"doc", part_in(sample, "doc")}, {"target", part_in(sample, "target")}};
  return content;
}

/// One check a metric; of a filter's own where there are several.
void add_metrics(const Json& sample, EvaluatedAnswer& answer) {
  const std::string filter = text_in(sample, "filter");
  for (const Json& metric : part_in(sample, "metrics")) {
    if (!metric.is_string()) continue;
    const auto value = number_in(sample, metric.get<std::string>().c_str());
    if (!value || *value < 0 || *value > 1) continue;  // perplexities and points out of 100 are no share
    AnswerCheck check;
    check.type = metric.get<std::string>();
    check.name = filter.empty() || filter == "none" ? check.type : filter + " " + check.type;
    check.value = *value;
    if (!answer.score) answer.score = *value;
    answer.checks.push_back(std::move(check));
  }
}

/// A file of samples: rows of the same document under several filters are one answer.
void read_samples(const ForeignFile& file, const std::vector<Json>& samples, const std::string& model,
                  ForeignRows& rows) {
  const std::string group = task_name(file.name);
  std::vector<std::string> order;
  std::map<std::string, EvaluatedAnswer> answers;
  for (const Json& sample : samples) {
    if (!is_sample(sample)) continue;
    const std::string task = rows.task(group, content_of(sample));
    const auto [at, is_new] = answers.try_emplace(task);
    EvaluatedAnswer& answer = at->second;
    if (is_new) {
      order.push_back(task);
      answer.task = task;
      answer.model = rows.model(model);
      const Json& responses = sample.contains("resps") ? sample["resps"] : part_in(sample, "filtered_resps");
      answer.text = first_text(responses);
      if (answer.text && answer.text->empty()) answer.outcome = Outcome::empty;
    } else {
      ++rows.results().rows;
    }
    add_metrics(sample, answer);
  }
  for (const std::string& task : order) rows.answer(std::move(answers[task]), std::nullopt);
}

}  // namespace

bool is_lm_eval(const Json& first) { return is_sample(first) || is_summary(first); }

Result<void> read_lm_eval(const std::vector<ForeignFile>& files, ForeignRows& rows) {
  std::string model;
  std::vector<std::pair<const ForeignFile*, std::vector<Json>>> samples;
  for (const ForeignFile& file : files) {
    Result<std::vector<Json>> values = values_in(file);
    if (!values) return fail(values.error());
    if (!is_summary(values->front())) {
      samples.emplace_back(&file, std::move(*values));
      continue;
    }
    const std::string named = model_of(values->front());
    if (!model.empty() && model != named) {
      return invalid("results of \"" + model + "\" and of \"" + named + "\": samples do not say whose they are",
                     file.name, "one model's files at a time");
    }
    model = named;
    const std::string version = text_in(values->front(), "lm_eval_version");
    rows.results().results.run.code_version = "lm-eval" + (version.empty() ? "" : " " + version);
  }
  if (samples.empty()) {
    return invalid("results without samples have means only, and no answers", files.front().name,
                   "samples_*.jsonl beside it: lm-eval run --log_samples");
  }
  if (model.empty()) {
    rows.results().notes.emplace_back("no results_*.json beside the samples: the model has no name");
  }
  for (const auto& [file, values] : samples) read_samples(*file, values, model, rows);
  return {};
}

}  // namespace rigwise
