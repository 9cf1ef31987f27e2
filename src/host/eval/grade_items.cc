#include "host/eval/grade_items.h"

#include <algorithm>
#include <array>

#include "host/eval/pattern_matches.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 3> kPartNames = {"content", "compile", "completeness"};
std::string_view part_name(ScorePart part) { return kPartNames[static_cast<std::size_t>(part)]; }

std::string text_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

/// Plays the calls of a message through the script once more, to know what they were worth.
void replay(const Json& message, ToolScript& script) {
  const auto calls = message.find("tool_calls");
  if (calls == message.end() || !calls->is_array()) return;
  for (const Json& call : *calls) {
    if (!call.is_object() || !call.contains("function")) continue;
    const Json& function = call["function"];
    script.call(text_at(function, "name"), text_at(function, "arguments"));
  }
}

Json score_evidence(const AnswerScore& score, const std::string& sandbox) {
  Json parts = Json::array();
  for (const PartScore& part : score.parts)
    parts.push_back({{"part", part_name(part.part)}, {"value", part.value}, {"weight", part.weight}});
  return {{"parts", parts}, {"capped", score.capped}, {"not_run", score.not_run}, {"sandbox", sandbox}};
}

}  // namespace

CheckTools check_tools(CodeRunner* code) {
  CheckTools tools;
  tools.count_matches = [](const PatternCheck& check, std::string_view text) { return count_matches(check, text); };
  tools.code = code;
  return tools;
}

bool needs_code(const std::map<std::string, const EvalTask*>& tasks) {
  return std::any_of(tasks.begin(), tasks.end(), [](const auto& task) { return task.second->needs_sandbox(); });
}

PatternFinder pattern_finder() { return check_tools().finder(); }

GivenAnswer given_answer(const EvalTask& task, const std::string& answer, const std::string& transcript, bool cut_off) {
  GivenAnswer given;
  given.cut_off = cut_off;
  const Result<Json> whole = transcript.empty() ? Result<Json>(Json()) : parse_json(transcript);
  if (!whole || !whole->is_object() || !whole->contains("messages")) {
    given.turns = {answer};
    return given;
  }
  const AgentSpec none;
  ToolScript script(task.agent ? *task.agent : none, pattern_finder());
  std::string last;
  bool has_spoken = false;
  for (const Json& message : (*whole)["messages"]) {
    const std::string role = text_at(message, "role");
    if (role == "user" && has_spoken) given.turns.push_back(last);
    if (role != "assistant") continue;
    has_spoken = true;
    last = text_at(message, "text");
    replay(message, script);
  }
  given.turns.push_back(last);
  given.calls = script.calls();
  return given;
}

std::vector<CheckRecord> grade_records(const EvalTask& task, const TaskGrade& grade, const std::string& sandbox) {
  std::vector<CheckRecord> records;
  records.reserve(grade.checks.size() + 1);
  for (std::size_t i = 0; i < grade.checks.size(); ++i) {
    const ScoredCheck& check = grade.checks[i];
    const std::string type(i < task.checks.size() ? check_type_name(task.checks[i].body) : "");
    CheckRecord record;
    record.check_id = std::to_string(i + 1) + " " + type;
    record.scorer = kScorerVersion;
    record.value = check.value;
    record.applicable = check.applicable;
    record.evidence = Json{{"name", check.name},
                           {"type", type},
                           {"part", part_name(check.part)},
                           {"weight", check.weight},
                           {"must", check.must},
                           {"note", i < grade.notes.size() ? grade.notes[i] : std::string()}}
                          .dump(-1, ' ', false, Json::error_handler_t::replace);
    records.push_back(std::move(record));
  }
  CheckRecord total;
  total.check_id = "score";
  total.scorer = kScorerVersion;
  total.value = grade.score.total.value_or(0);
  total.applicable = grade.score.total.has_value();
  total.evidence = score_evidence(grade.score, task.needs_sandbox() ? sandbox : std::string())
                       .dump(-1, ' ', false, Json::error_handler_t::replace);
  records.push_back(std::move(total));
  return records;
}

namespace {

Result<std::string> blob_text(Ledger& ledger, const SqlRow& row, std::size_t column) {
  const std::string hash = row.text(column);
  return hash.empty() ? Result<std::string>(std::string()) : ledger.blob(hash);
}

struct Graded {
  ItemResult item;
  std::vector<CheckRecord> records;
};

/// Grades of answers whose code was run, by task and answer: what is said word for word again is not run again.
using RunGrades = std::map<std::string, std::vector<CheckRecord>>;

/// One answer's records; none where the answer is not there.
Result<Graded> grade_one(Ledger& ledger, const ItemResult& item, const EvalTask& task, const CheckTools& tools,
                         const std::string& sandbox, RunGrades& run_before) {
  const auto rows =
      ledger.database().run("SELECT answer, raw, finish FROM attempt WHERE id = $1", {item.attempt.value_or("")});
  if (!rows) return fail(rows.error());
  if (rows->empty()) return Graded{item, {}};
  const SqlRow& row = rows->at(0);
  const std::string key = task.rev + " " + row.text(0) + " " + row.text(1) + " " + row.text(2);
  const auto before = run_before.find(key);
  if (before != run_before.end()) return Graded{item, before->second};
  const bool is_talk = task.agent.has_value() || !task.turns.empty();
  const Result<std::string> answer = blob_text(ledger, row, 0);
  const Result<std::string> talk = is_talk ? blob_text(ledger, row, 1) : Result<std::string>(std::string());
  if (!answer || !talk) return fail(answer ? talk.error() : answer.error());
  const TaskGrade grade = grade_task(task, given_answer(task, *answer, *talk, row.text(2) == "length"), tools);
  std::vector<CheckRecord> records = grade_records(task, grade, sandbox);
  if (task.needs_sandbox()) run_before[key] = records;
  return Graded{item, std::move(records)};
}

Result<void> write_grades(Ledger& ledger, std::vector<Graded>& grades, GradeReport& report) {
  for (Graded& graded : grades) {
    for (CheckRecord& record : graded.records) {
      if (!record.applicable && record.check_id != "score") ++report.not_run;
      record.work_key = graded.item.item.work_key;
      record.attempt = *graded.item.attempt;
      if (Result<void> put = ledger.put_check(record); !put) return put;
    }
    ++report.graded;
    if (graded.item.state != ItemState::answered) continue;
    if (Result<void> moved = ledger.move_item(graded.item.item.work_key, {ItemState::checked, {}, 0}); !moved)
      return moved;
  }
  return {};
}

bool is_due(const ItemResult& item, bool all) {
  if (!item.attempt || !item.outcome || !counts_as_answer(*item.outcome)) return false;
  return item.state == ItemState::answered || (all && item.state != ItemState::failed_infra);
}

}  // namespace

Result<GradeReport> grade_run(Ledger& ledger, const std::string& run,
                              const std::map<std::string, const EvalTask*>& tasks, const CheckTools& tools, bool all,
                              const std::string& sandbox, const GradeProgress& tell) {
  // What code of answers takes is not lost to a kill; without code a page is done in no time.
  const std::int64_t page_size = tools.code == nullptr ? 500 : 8;
  GradeReport report;
  RunGrades run_before;
  std::string after;
  if (!all) {  // what waits is known by its state alone: a run with nothing to grade is done at once
    const auto waiting = ledger.database().run(
        "SELECT 1 FROM run_item r JOIN item i ON i.work_key = r.work_key WHERE r.run = $1 AND i.state = 'answered' "
        "LIMIT 1",
        {run});
    if (!waiting) return fail(waiting.error());
    if (waiting->empty()) return report;
  }
  for (;;) {
    const Result<std::vector<ItemResult>> page = ledger.results(run, after, page_size);
    if (!page) return fail(page.error());
    if (page->empty()) return report;
    after = page->back().item.work_key;
    std::vector<Graded> grades;
    for (const ItemResult& item : *page) {
      if (!is_due(item, all)) continue;
      const auto task = tasks.find(item.item.task_rev);
      if (task == tasks.end()) {
        ++report.unknown;
        continue;
      }
      Result<Graded> graded = grade_one(ledger, item, *task->second, tools, sandbox, run_before);
      if (!graded) return fail(graded.error());
      // Whatever ended the program may have ended the answer's code too: its grade is not believed.
      if (tell && !tell(report.graded + static_cast<std::int64_t>(grades.size()))) {
        report.is_interrupted = true;
        return report;
      }
      if (!graded->records.empty()) grades.push_back(std::move(*graded));
    }
    if (grades.empty()) continue;
    // Nothing of an answer's runs while the ledger is held.
    const GradeReport before = report;
    const Result<void> written = ledger.atomically([&] {
      report = before;
      return write_grades(ledger, grades, report);
    });
    if (!written) return fail(written.error());
  }
}

}  // namespace rigwise
