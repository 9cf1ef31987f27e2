#include "host/eval/review_queue.h"

#include <algorithm>
#include <map>
#include <utility>

#include "codec/json_text.h"
#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/judge_verdict.h"
#include "host/eval/said_answer.h"

namespace rigwise {
namespace {

std::string text_in(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                               : std::string();
}

/// One reason of one answer, as it stands in the store.
struct QueuedRow {
  std::string work_key, task_id, reason, verdict, who, note, task_rev, said;
  std::optional<std::int64_t> decided_ms;
  bool is_of_run = false;
};

/// Of the run, and of all answers to the same tasks: an identical one may be another run's.
Result<std::vector<QueuedRow>> queued_rows(Ledger& ledger, const std::string& run) {
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  const auto rows = ledger.database().run(
      "SELECT v.work_key, t.task_id, v.reason, v.verdict, v.who, v.note, i.task_rev, " + said_blob_sql("$2") +
          ", v.decided_ms, CASE WHEN r.run IS NULL THEN 0 ELSE 1 END FROM review v JOIN item i ON i.work_key = "
          "v.work_key JOIN task_rev t ON t.sha256 = i.task_rev JOIN attempt a ON a.id = i.chosen LEFT JOIN run_item r "
          "ON r.work_key = v.work_key AND r.run = $1 WHERE i.task_rev IN (SELECT k.task_rev FROM review w JOIN "
          "run_item q ON q.work_key = w.work_key JOIN item k ON k.work_key = w.work_key WHERE q.run = $1) ORDER BY "
          "v.work_key, v.reason",
      {run, *conversations});
  if (!rows) return fail(rows.error());
  std::vector<QueuedRow> queued;
  queued.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    queued.push_back({row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6),
                      row.text(7), row.maybe_integer(8), row.integer(9) != 0});
  }
  return queued;
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

void add_row(const QueuedRow& row, ReviewWanted wanted, ReviewCase& one) {
  if (one.work_key.empty() && row.is_of_run) one.work_key = row.work_key;
  one.task_id = row.task_id;
  one.said = row.said;
  add_once(one.same, row.work_key);
  if (!row.decided_ms || wanted == ReviewWanted::all) add_once(one.reasons, row.reason);
  one.is_open = one.is_open || !row.decided_ms;
  if (!row.decided_ms || *row.decided_ms < one.decided_ms) return;
  one.is_decided = true;
  one.decided_ms = *row.decided_ms;
  one.verdict = row.verdict;
  one.who = row.who;
  one.note = row.note;
}

std::string verdict_text(const std::array<int, 3>& grades) { return Json{grades[0], grades[1], grades[2]}.dump(); }

/// Writes a decision over the rows of a case as they stand. False: one of them has changed meanwhile.
Result<bool> write_decision(Ledger& ledger, const ReviewCase& one, const ReviewDecision& decision) {
  for (const std::string& key : one.same) {
    const auto rows =
        ledger.database().run("SELECT reason, decided_ms FROM review WHERE work_key = $1 ORDER BY reason", {key});
    if (!rows) return fail(rows.error());
    for (const SqlRow& row : *rows) {
      if (row.integer(1) > one.decided_ms) return false;
      ReviewRecord record;
      record.work_key = key;
      record.reason = row.text(0);
      record.verdict = verdict_text(decision.grades);
      record.who = decision.who;
      record.note = decision.note;
      const Result<bool> written = ledger.decide_review_over(record, row.maybe_integer(1));
      if (!written || !*written) return written;
    }
    if (Result<void> moved = ledger.move_item(key, {ItemState::done, {}, 0}); !moved) return fail(moved.error());
  }
  if (one.same.size() < 2) return true;
  const Result<void> noted =
      ledger.note(decision.who, "reviewed",
                  "decided once for " + std::to_string(one.same.size()) + " identical answers: " + join(one.same, " "));
  if (!noted) return fail(noted.error());
  return true;
}

}  // namespace

Result<std::vector<ReviewCase>> review_cases(Ledger& ledger, const std::string& run, ReviewWanted wanted) {
  const auto rows = queued_rows(ledger, run);
  if (!rows) return fail(rows.error());
  std::map<std::pair<std::string, std::string>, ReviewCase> by_said;
  for (const QueuedRow& row : *rows) add_row(row, wanted, by_said[{row.task_rev, row.said}]);
  std::vector<ReviewCase> cases;
  cases.reserve(by_said.size());
  for (auto& [said, one] : by_said) {
    const bool is_wanted = wanted == ReviewWanted::all || one.is_open;
    if (!one.work_key.empty() && is_wanted) cases.push_back(std::move(one));
  }
  std::sort(cases.begin(), cases.end(),
            [](const ReviewCase& a, const ReviewCase& b) { return a.work_key < b.work_key; });
  return cases;
}

Json review_case_json(const ReviewCase& one) {
  return {{"key", one.work_key},
          {"task", one.task_id},
          {"reasons", one.reasons},
          {"identical", one.same.size()},
          {"decided", one.is_decided},
          {"grades", one.is_decided ? Json::parse(one.verdict, nullptr, false) : Json(nullptr)},
          {"who", one.who},
          {"note", one.note}};
}

void add_texts_json(const ItemTexts& texts, Json& json) {
  json["prompt"] = texts.prompt;
  json["expects"] = texts.expects;
  json["reference"] = texts.reference;
  json["conversation"] = conversation_json(texts.conversation);
  json["answer"] = texts.answer;
}

Result<ItemTexts> texts_of_item(Ledger& ledger, const std::string& work_key) {
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  const auto rows =
      ledger.database().run("SELECT t.spec, t.sha256, " + said_blob_sql("$2") +
                                " FROM item i JOIN task_rev t ON t.sha256 = i.task_rev LEFT JOIN attempt a ON a.id = "
                                "i.chosen WHERE i.work_key = $1",
                            {work_key, *conversations});
  if (!rows) return fail(rows.error());
  if (rows->empty()) {
    return fail({ErrorCode::not_found, "the store has no item \"" + work_key + "\"", "key", "rigwise eval review", {}});
  }
  const SqlRow& row = rows->front();
  const Result<std::string> task = ledger.blob(row.text(0));
  if (!task) return fail(task.error());
  ItemTexts texts;
  if (!row.text(2).empty()) {
    const Result<std::string> said = ledger.blob(row.text(2));
    if (!said) return fail(said.error());
    const bool talks = conversations->find(" " + row.text(1) + " ") != std::string::npos;
    ToldConversation told = shortened(told_answer(talks, *said));
    texts.answer = visible_answer(told.answer);
    texts.conversation = std::move(told.before);
  }
  const Result<Json> record = parse_json(*task);
  if (!record) return texts;
  texts.prompt = text_in(*record, "prompt");
  texts.reference = text_in(*record, "reference");
  if (record->is_object() && record->contains("expects") && (*record)["expects"].is_array()) {
    for (const Json& expected : (*record)["expects"]) {
      if (expected.is_string()) texts.expects.push_back(expected.get<std::string>());
    }
  }
  return texts;
}

Result<std::array<int, 3>> grades_of_text(const std::string& text) {
  std::array<int, 3> grades{};
  const std::vector<std::string_view> parts = split(text, ',');
  for (std::size_t i = 0; i < grades.size() && parts.size() == grades.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    if (part.size() != 1 || part[0] < '0' || part[0] > '0' + kBestGrade) break;
    grades[i] = part[0] - '0';
    if (i + 1 == grades.size()) return grades;
  }
  return invalid("\"" + text + "\" are no grades", "--grades",
                 "correctness, completeness, quality, each 0 fail, 1 acceptable or 2 good: 2,1,2");
}

Result<ReviewCase> case_called(Ledger& ledger, const std::string& run, const std::string& key) {
  auto cases = review_cases(ledger, run, ReviewWanted::all);
  if (!cases) return fail(cases.error());
  ReviewCase* found = nullptr;
  for (ReviewCase& one : *cases) {
    const bool is_it = !key.empty() && std::any_of(one.same.begin(), one.same.end(),
                                                   [&](const std::string& each) { return each.starts_with(key); });
    if (!is_it) continue;
    if (found != nullptr) return invalid("several cases begin with \"" + key + "\"", "KEY", "more of the key");
    found = &one;
  }
  if (found == nullptr)
    return fail(
        {ErrorCode::not_found, "no case of this run begins with \"" + key + "\"", "KEY", "rigwise eval review", {}});
  return std::move(*found);
}

Result<ReviewCase> decide_case(Ledger& ledger, const std::string& run, const std::string& key,
                               const std::array<int, 3>& grades, const std::string& who, const std::string& note) {
  Result<ReviewCase> found = case_called(ledger, run, key);
  if (!found) return found;
  const auto in_the_way = decide_seen_case(ledger, run, {found->work_key, grades, who, note, found->decided_ms});
  if (!in_the_way) return fail(in_the_way.error());
  if (*in_the_way)
    return fail({ErrorCode::unsupported, "somebody decides the same at this moment", "KEY", "again", {}});
  return found;
}

Result<std::optional<ReviewCase>> decide_seen_case(Ledger& ledger, const std::string& run,
                                                   const ReviewDecision& decision) {
  const auto find = [&]() -> Result<ReviewCase> {
    auto cases = review_cases(ledger, run, ReviewWanted::all);
    if (!cases) return fail(cases.error());
    for (ReviewCase& one : *cases) {
      if (std::find(one.same.begin(), one.same.end(), decision.work_key) != one.same.end()) return std::move(one);
    }
    return fail({ErrorCode::not_found, "no case of this run has that key", "key", "rigwise eval review", {}});
  };
  bool is_in_the_way = false;
  const auto work = [&]() -> Result<void> {
    is_in_the_way = false;
    const Result<ReviewCase> one = find();
    if (!one) return fail(one.error());
    Result<bool> written = one->decided_ms == decision.seen_ms ? write_decision(ledger, *one, decision) : false;
    if (!written) return fail(written.error());
    if (*written) return {};
    is_in_the_way = true;
    return fail({ErrorCode::unsupported, "a verdict stands there that was not seen", "key", "", {}});
  };
  const Result<void> done = ledger.atomically(work);
  if (done) return std::optional<ReviewCase>();
  if (!is_in_the_way) return fail(done.error());
  Result<ReviewCase> one = find();
  if (!one) return fail(one.error());
  return std::optional<ReviewCase>(*std::move(one));
}

Result<bool> queue_answer(Ledger& ledger, const std::string& work_key, const std::string& task_rev,
                          const std::string& said, const std::vector<std::string>& reasons) {
  const auto before = ledger.database().run("SELECT 1 FROM review WHERE work_key = $1 LIMIT 1", {work_key});
  if (!before) return fail(before.error());
  for (const std::string& reason : reasons) {
    if (Result<void> queued = ledger.queue_review(work_key, reason); !queued) return fail(queued.error());
  }
  // A text is a blob of its own kind: an answer's hash is never another one's conversation.
  const auto decided = ledger.database().run(
      "SELECT v.verdict, v.who, v.note FROM review v JOIN item i ON i.work_key = v.work_key JOIN attempt a ON a.id = "
      "i.chosen WHERE i.task_rev = $1 AND (a.answer = $2 OR a.raw = $2) AND v.work_key <> $3 AND v.decided_ms IS NOT "
      "NULL ORDER BY v.decided_ms DESC LIMIT 1",
      {task_rev, said, work_key});
  if (!decided) return fail(decided.error());
  for (const std::string& reason : reasons) {
    if (!before->empty() || decided->empty()) break;
    const SqlRow& row = decided->front();
    ReviewRecord record;
    record.work_key = work_key;
    record.reason = reason;
    record.verdict = row.text(0);
    record.who = row.text(1);
    record.note = row.text(2);
    if (Result<void> done = ledger.decide_review(record); !done) return fail(done.error());
  }
  const auto open =
      ledger.database().run("SELECT 1 FROM review WHERE work_key = $1 AND decided_ms IS NULL LIMIT 1", {work_key});
  if (!open) return fail(open.error());
  return !open->empty();
}

}  // namespace rigwise
