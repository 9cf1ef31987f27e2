#include "host/eval/demo_record.h"

#include <algorithm>
#include <functional>

#include "codec/csv.h"
#include "codec/toml_eval_task.h"
#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "host/eval/demo_steps.h"
#include "host/eval/judge_prompt.h"

namespace rigwise {
namespace {

constexpr const char* kPlayersFile = "demo/players.csv";
constexpr const char* kAnswersFile = "demo/answers.csv";
constexpr const char* kVerdictsFile = "demo/verdicts.csv";

Result<std::string_view> file_of(const BundledFiles& files, const char* path) {
  const auto at = files.find(path);
  if (at != files.end()) return std::string_view(at->second);
  return fail({ErrorCode::corrupt_data, "the record of the demonstration lacks a file", path, "another build", {}});
}

Unexpected broken(const std::vector<Diagnostic>& faults) {
  const Diagnostic& first = faults.front();
  return fail(
      {ErrorCode::corrupt_data, first.message, first.file + ":" + std::to_string(first.line), first.try_this, {}});
}

/// The file's first row.
std::vector<std::string> header_of(std::string_view csv) {
  std::vector<std::string> names;
  for (const std::string_view name : split(csv.substr(0, csv.find('\n')), ',')) names.emplace_back(trim(name));
  return names;
}

/// A table whose columns are named by its own header.
Result<void> read_table(const BundledFiles& files, const char* path,
                        const std::function<void(CsvTable& table, const std::vector<std::string>& header)>& row) {
  const Result<std::string_view> csv = file_of(files, path);
  if (!csv) return fail(csv.error());
  const std::vector<std::string> header = header_of(*csv);
  const std::vector<std::string_view> required(header.begin(), header.end());
  std::vector<Diagnostic> faults;
  CsvTable table(*csv, path, required, {}, true, faults);
  while (table.usable() && faults.empty() && table.next()) row(table, header);
  if (!faults.empty()) return broken(faults);
  return {};
}

/// Tokens of a text as the record counts them: one for four bytes.
std::int64_t tokens_of(std::size_t bytes) { return static_cast<std::int64_t>((bytes + 3) / 4); }

/// A reply with the times and counts that the record states.
ChatExchange exchange_of(const StandIn& by, const ChatRequest& request, ChatAnswer answer) {
  constexpr double kNanoseconds = 1e9;
  std::size_t asked = 0;
  for (const ChatMessage& message : request.messages) asked += message.text.size();
  answer.usage.prompt = tokens_of(asked);
  answer.usage.completion =
      tokens_of(answer.text.size() + (answer.tool_calls.is_null() ? 0 : answer.tool_calls.dump().size()));
  answer.model_served = by.name;
  ChatExchange exchange;
  exchange.status = 200;
  exchange.sent = true;
  exchange.start_ns = 1;
  const auto after = [&](double tokens, double per_s) {
    return static_cast<std::int64_t>(kNanoseconds * tokens / per_s);
  };
  exchange.first_token_ns =
      exchange.start_ns + after(static_cast<double>(*answer.usage.prompt), by.prefill_tokens_per_s);
  exchange.head_ns = exchange.first_token_ns;
  exchange.end_ns =
      exchange.first_token_ns + after(static_cast<double>(*answer.usage.completion), by.decode_tokens_per_s);
  exchange.answer = std::move(answer);
  return exchange;
}

ChatExchange refused(const std::string& why) {
  ChatExchange exchange;
  exchange.status = 400;
  exchange.sent = true;
  exchange.answer.error = ChatError{ChatFault::bad_request, why, {}};
  return exchange;
}

/// The first words of an answer, as a judge quotes them.
std::string quote_of(std::string_view answer) {
  constexpr std::size_t kLongest = 80;
  const std::string_view bare = trim(answer);
  if (bare.empty()) return "(empty)";
  std::string_view line = trim(bare.substr(0, bare.find('\n')));
  if (line.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0u) == 0x80u) --end;
    line = line.substr(0, end);
  }
  return std::string(line);
}

/// "221": the three grades; a "?" after them: with a quotation that the answer does not have.
std::string verdict_json(std::string_view grades, const std::string& answer, bool is_injection) {
  Json verdict = Json::object();
  const bool invents = grades.ends_with('?');
  for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
    verdict[std::string(kCriterionNames[i])] = {
        {"evidence", invents ? "words that this answer does not have" : quote_of(answer)},
        {"reason", "a verdict of the demonstration, by its rule"},
        {"score", grades[i] - '0'}};
  }
  verdict["injection_suspected"] = is_injection;
  return verdict.dump();
}

bool are_grades(std::string_view text) {
  if (text.ends_with('?')) text.remove_suffix(1);
  return text.size() == kCriterionNames.size() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '2'; });
}

/// A judge's question taken apart: what stands between the last line, which is the marker, and the same before it.
struct JudgedText {
  std::string_view task;  ///< from the prompt on
  std::string_view answer;
};
std::optional<JudgedText> judged_text(std::string_view question) {
  constexpr std::string_view kTask = "TASK\n";
  const std::string_view body = question.substr(0, question.size() - (question.ends_with('\n') ? 1 : 0));
  const std::size_t last = body.rfind('\n');
  if (!question.starts_with(kTask) || last == std::string_view::npos) return std::nullopt;
  const std::string marker = std::string(body.substr(last)) + "\n";
  const std::size_t first = body.find(marker);
  if (first == std::string_view::npos || first + marker.size() > last + 1) return std::nullopt;
  const std::size_t begin = first + marker.size();
  return JudgedText{body.substr(kTask.size()), begin > last ? std::string_view() : body.substr(begin, last - begin)};
}

/// The null answers that judges are tried with: every judge of the record sees through them.
bool is_null_canary(std::string_view answer, const EvalTask& task) {
  for (const Canary canary : {Canary::empty, Canary::irrelevant, Canary::injected}) {
    if (canary_answer(canary, task) == std::string(answer)) return true;
  }
  return false;
}

std::string verdict_key(const std::string& task, std::string_view answer) {
  return task + "\n" + std::string(trim(visible_answer(answer)));
}

}  // namespace

Result<std::vector<StandIn>> read_stand_ins(const BundledFiles& files) {
  constexpr double kMostUsd = 1e3, kMostSpeed = 1e6;
  std::vector<StandIn> list;
  std::vector<Diagnostic> faults;
  const Result<std::string_view> csv = file_of(files, kPlayersFile);
  if (!csv) return fail(csv.error());
  CsvTable table(*csv, kPlayersFile,
                 {"name", "kind", "shape", "quantisation", "input_usd_per_mtok", "output_usd_per_mtok",
                  "prefill_tokens_per_s", "decode_tokens_per_s"},
                 {}, true, faults);
  while (table.usable() && faults.empty() && table.next()) {
    StandIn one;
    const auto number = [&](const char* name, double least, double most) {
      const int column = table.column(name);
      return table.require(column) ? table.number(column, least, most).value_or(least) : least;
    };
    one.name = table.text(table.column("name"));
    const std::string kind = table.text(table.column("kind"));
    one.is_judge = kind == "judge";
    if (!one.is_judge && kind != "player") table.fault(table.column("kind"), "\"" + kind + "\"", "player or judge");
    one.shape = table.text(table.column("shape"));
    one.quantisation = table.text(table.column("quantisation"));
    one.price.prompt_nano = nano_of_usd(number("input_usd_per_mtok", 0, kMostUsd));
    one.price.completion_nano = nano_of_usd(number("output_usd_per_mtok", 0, kMostUsd));
    one.prefill_tokens_per_s = number("prefill_tokens_per_s", 1, kMostSpeed);
    one.decode_tokens_per_s = number("decode_tokens_per_s", 1, kMostSpeed);
    list.push_back(std::move(one));
  }
  if (!faults.empty()) return broken(faults);
  std::stable_partition(list.begin(), list.end(), [](const StandIn& one) { return !one.is_judge; });
  return list;
}

Result<std::shared_ptr<const DemoRecord>> DemoRecord::read(const BundledFiles& files) {
  auto record = std::make_shared<DemoRecord>();
  Result<std::vector<StandIn>> stand_ins = read_stand_ins(files);
  if (!stand_ins) return fail(stand_ins.error());
  record->stand_ins_ = std::move(*stand_ins);
  if (Result<void> done = record->read_answers(files); !done) return fail(done.error());
  if (Result<void> done = record->read_verdicts(files); !done) return fail(done.error());
  return std::shared_ptr<const DemoRecord>(std::move(record));
}

Result<void> DemoRecord::read_answers(const BundledFiles& files) {
  Result<void> read = read_table(files, kAnswersFile, [&](CsvTable& table, const std::vector<std::string>& header) {
    auto& of_task = answers_[table.text(table.column("task"))];
    for (const std::string& name : header) {
      if (name != "task") of_task[name] = table.text(table.column(name));
    }
  });
  if (!read) return read;
  std::map<std::string, TaskFiles> by_id;
  for (TaskFiles& task : task_files_of(files)) {
    const std::string id = task.id;
    by_id.emplace(id, std::move(task));
  }
  tasks_.reserve(answers_.size());
  for (const auto& [id, of_task] : answers_) {
    const auto at = by_id.find(id);
    if (at == by_id.end()) return invalid("there is no such task", std::string(kAnswersFile) + " " + id);
    ReadTask task = read_eval_task(std::move(at->second));
    if (!task.task) return broken(task.faults);
    for (const auto& [player, answer] : of_task) {
      if (!demo_text(*task.task, answer))
        return invalid("the task has no answer \"" + answer + "\"", std::string(kAnswersFile) + " " + id);
    }
    tasks_.push_back(*std::move(task.task));
  }
  for (const EvalTask& task : tasks_) task_of_prompt_[task.prompt] = &task;
  return {};
}

Result<void> DemoRecord::read_verdicts(const BundledFiles& files) {
  std::map<std::string, const EvalTask*> by_id;
  for (const EvalTask& task : tasks_) by_id[task.id] = &task;
  std::optional<Error> fault;
  const auto row = [&](CsvTable& table, const std::vector<std::string>& header) {
    const std::string id = table.text(table.column("task")), answer = table.text(table.column("answer"));
    const auto task = by_id.find(id);
    const std::optional<std::string> text = task == by_id.end() ? std::nullopt : demo_text(*task->second, answer);
    if (!text) return table.fault(table.column("answer"), "no task of the record has the answer \"" + answer + "\"");
    std::map<std::string, std::string> grades;
    for (const std::string& judge : header) {
      if (judge == "task" || judge == "answer") continue;
      const std::string said = table.text(table.column(judge));
      if (said != "error" && !are_grades(said)) table.fault(table.column(judge), "no grades", "221, 110? or error");
      grades[judge] = said;
    }
    // As a judge sees it: the last thing that was said; and whole, as the canaries are.
    verdicts_.emplace(verdict_key(id, last_text(*task->second, *text)), grades);
    verdicts_.emplace(verdict_key(id, *text), grades);
  };
  return read_table(files, kVerdictsFile, row);
}

Result<std::vector<StandIn>> DemoRecord::called(const std::vector<std::string>& names, bool judges) const {
  std::vector<StandIn> all, chosen;
  std::vector<std::string> known;
  for (const StandIn& one : stand_ins_) {
    if (one.is_judge != judges) continue;
    all.push_back(one);
    known.push_back(one.name);
  }
  if (names.empty()) return all;
  for (const std::string& name : names) {
    const auto is_it = [&](const StandIn& one) { return one.name == name; };
    if (std::any_of(chosen.begin(), chosen.end(), is_it)) continue;
    const auto at = std::find_if(all.begin(), all.end(), is_it);
    if (at != all.end()) {
      chosen.push_back(*at);
      continue;
    }
    return fail({ErrorCode::not_found,
                 std::string("the demonstration has no ") + (judges ? "judge" : "answers of") + " \"" + name +
                     "\": it has stand-ins alone, and no model's",
                 judges ? "--judge" : "--model", "one or more of: " + join(known, ", "), nearest_names(name, known)});
  }
  return chosen;
}

ChatExchange DemoRecord::answer(const ChatRequest& request) const {
  for (const StandIn& one : stand_ins_) {
    if (one.name == request.model) return one.is_judge ? judge(one, request) : play(one, request);
  }
  return refused("the demonstration has no \"" + request.model + "\"");
}

ChatExchange DemoRecord::play(const StandIn& player, const ChatRequest& request) const {
  const auto task = task_of_prompt_.find(request.messages.empty() ? std::string() : request.messages.front().text);
  if (task == task_of_prompt_.end()) return refused("the demonstration has no answers to this task");
  const auto& of_task = answers_.at(task->second->id);
  const auto which = of_task.find(player.name);
  if (which == of_task.end()) return refused("the demonstration has no answer of " + player.name + " to this task");
  const auto said = std::count_if(request.messages.begin(), request.messages.end(),
                                  [](const ChatMessage& m) { return m.role == "assistant"; });
  const std::vector<DemoStep> steps = demo_steps(*task->second, demo_text(*task->second, which->second).value_or(""));
  ChatAnswer answer;
  if (static_cast<std::size_t>(said) < steps.size()) {
    const DemoStep& step = steps[static_cast<std::size_t>(said)];
    answer.text = step.text;
    answer.tool_calls = step.calls;
  }
  answer.finish = which->second == "cut"         ? ChatFinish::length
                  : which->second == "refusal"   ? ChatFinish::refused
                  : !answer.tool_calls.is_null() ? ChatFinish::tool_calls
                                                 : ChatFinish::stop;
  return exchange_of(player, request, std::move(answer));
}

ChatExchange DemoRecord::judge(const StandIn& judge, const ChatRequest& request) const {
  const auto asked = request.messages.size() < 2 ? std::nullopt : judged_text(request.messages[1].text);
  if (!asked) return refused("the demonstration's judges answer judges' questions alone");
  const EvalTask* task = nullptr;
  for (const EvalTask& one : tasks_) {
    if (asked->task.starts_with(one.prompt) && (task == nullptr || one.prompt.size() > task->prompt.size()))
      task = &one;
  }
  if (task == nullptr) return refused("the demonstration has no verdicts on this task");
  ChatAnswer answer;
  answer.finish = ChatFinish::stop;
  const std::string text(asked->answer);
  const auto row = verdicts_.find(verdict_key(task->id, text));
  if (row == verdicts_.end()) {
    if (!is_null_canary(text, *task)) return refused("the demonstration has no verdict on this answer");
    answer.text = verdict_json("000", text, text == canary_answer(Canary::injected, *task));
    return exchange_of(judge, request, std::move(answer));
  }
  const auto grades = row->second.find(judge.name);
  if (grades == row->second.end()) return refused("the demonstration has no verdict of " + judge.name);
  answer.text = grades->second == "error" ? "A fair attempt, on the whole. I would give it 7 out of 10."
                                          : verdict_json(grades->second, text, false);
  return exchange_of(judge, request, std::move(answer));
}

}  // namespace rigwise
