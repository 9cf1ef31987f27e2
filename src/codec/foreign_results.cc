#include "codec/foreign_results.h"

#include <algorithm>

#include "codec/canonical_json.h"
#include "codec/foreign_rows.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kShortHash = 12;

Unexpected unknown_file(const std::string& name) {
  return invalid("the file is none that promptfoo, lm-eval or inspect writes", name,
                 "promptfoo eval -o results.json (or .jsonl); lm-eval samples_*.jsonl with results_*.json; inspect log "
                 "dump LOG > log.json");
}

std::string program_of(const Json& first) {
  if (is_promptfoo(first)) return "promptfoo";
  if (is_inspect(first)) return "inspect";
  return is_lm_eval(first) ? "lm-eval" : "";
}

}  // namespace

std::string text_in(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

std::optional<double> number_in(const Json& object, const char* key) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_number()) return std::nullopt;
  return object[key].get<double>();
}

const Json& part_in(const Json& object, const char* key) {
  static const Json kNone;
  return object.is_object() && object.contains(key) ? object[key] : kNone;
}

Result<std::vector<Json>> values_in(const ForeignFile& file) {
  Result<Json> whole = parse_json(file.text);
  if (whole) return std::vector<Json>{std::move(*whole)};
  std::vector<Json> values;
  int line_no = 0;
  for (const std::string_view line : split(file.text, '\n')) {
    ++line_no;
    if (trim(line).empty()) continue;
    Result<Json> value = parse_json(line);
    if (!value) {
      // A file that is no JSON lines either is a broken whole.
      Error fault = values.empty() ? whole.error() : value.error();
      fault.where = file.name + (values.empty() ? ", " + fault.where : ":" + std::to_string(line_no));
      return fail(std::move(fault));
    }
    values.push_back(std::move(*value));
  }
  if (values.empty()) return unknown_file(file.name);
  return values;
}

ForeignRows::ForeignRows(std::string program) {
  read_.program = std::move(program);
  read_.results.run.label = read_.program;
}

std::string ForeignRows::model(const std::string& name) {
  const std::string id = read_.program + ":" + (name.empty() ? "unnamed" : name);
  if (known_.insert("model " + id).second) {
    EvaluatedModel model;
    model.id = id;
    model.requested = name;
    model.foreign = read_.program;
    read_.results.models.push_back(std::move(model));
  }
  return id;
}

std::string ForeignRows::task(const std::string& group, const Json& content, double pass_mark) {
  EvaluatedTask task;
  task.rev = content_key(content);
  task.id = read_.program + "/" + (group.empty() ? "" : group + "/") + task.rev.substr(0, kShortHash);
  task.category = group;
  task.pass_mark = std::clamp(pass_mark, 0.0, 1.0);
  std::string id = task.id;
  if (known_.insert("task " + id).second) read_.results.tasks.push_back(std::move(task));
  return id;
}

void ForeignRows::answer(EvaluatedAnswer answer, std::optional<int> sample) {
  ++read_.rows;
  answer.sample = sample.value_or(0);
  std::vector<std::size_t>& given = given_[{answer.task, answer.model}];
  for (const std::size_t at : given) {
    const EvaluatedAnswer& other = read_.results.answers[at];
    const bool same = sample ? other.sample == answer.sample : other.text == answer.text && other.score == answer.score;
    if (same) {
      ++read_.duplicates;
      return;
    }
    if (!sample) answer.sample = std::max(answer.sample, other.sample + 1);
  }
  given.push_back(read_.results.answers.size());
  read_.results.answers.push_back(std::move(answer));
}

ForeignResults ForeignRows::done() {
  if (read_.duplicates > 0) {
    read_.notes.push_back(std::to_string(read_.duplicates) + " rows repeat an answer that was read already");
  }
  put_in_order(read_.results);
  Json revisions = Json::array();
  for (const EvaluatedTask& task : read_.results.tasks) revisions.push_back(task.rev);
  read_.results.run.task_set = content_key(revisions);
  return std::move(read_);
}

Result<ForeignResults> read_foreign_results(const std::vector<ForeignFile>& files) {
  std::string program;
  for (const ForeignFile& file : files) {
    const Result<std::vector<Json>> values = values_in(file);
    if (!values) return fail(values.error());
    const std::string of = program_of(values->front());
    if (of.empty()) return unknown_file(file.name);
    if (!program.empty() && of != program) {
      return invalid("files of " + program + " and of " + of + " at once", file.name, "files of one program");
    }
    program = of;
  }
  ForeignRows rows(program);
  if (program == "lm-eval") {
    if (Result<void> read = read_lm_eval(files, rows); !read) return fail(read.error());
    return rows.done();
  }
  for (const ForeignFile& file : files) {
    Result<void> read = program == "promptfoo" ? read_promptfoo(file, rows) : read_inspect(file, rows);
    if (!read) return fail(read.error());
  }
  return rows.done();
}

}  // namespace rigwise
