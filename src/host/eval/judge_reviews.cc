#include "host/eval/judge_reviews.h"

#include <map>
#include <set>
#include <utility>

#include "codec/judge_reply.h"
#include "host/eval/review_queue.h"
#include "host/eval/said_answer.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

/// What is said word for word again to the same task has the same verdicts.
using SaidToTask = std::pair<std::string, std::string>;
using VerdictsOnSaid = std::map<SaidToTask, std::vector<JudgeRecord>>;

Result<VerdictsOnSaid> read_verdicts(Ledger& ledger, const std::string& run) {
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  const auto rows = ledger.database().run(
      "SELECT k.task_rev, j.answer, j.model_ref, j.state, j.verdict FROM judge_item j JOIN item k ON k.work_key = "
      "j.work_key WHERE j.repeat_no = 0 AND j.state IN ('done', 'error') AND j.answer IN (SELECT " +
          said_blob_sql("$2") +
          " FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a ON a.id = i.chosen WHERE r.run = $1)",
      {run, *conversations});
  if (!rows) return fail(rows.error());
  VerdictsOnSaid verdicts;
  for (const SqlRow& row : *rows) {
    JudgeRecord record;
    record.model_ref = row.text(2);
    record.state = row.text(3);
    record.verdict = row.text(4);
    verdicts[{row.text(0), row.text(1)}].push_back(std::move(record));
  }
  return verdicts;
}

/// Lays the two judges' words side by side. How many of them have spoken.
int take_verdicts(const std::vector<JudgeRecord>& records, const std::vector<const EvalModel*>& judges,
                  JudgedAnswer& judged) {
  int finished = 0;
  for (const JudgeRecord& record : records) {
    for (std::size_t j = 0; j < 2; ++j) {
      if (record.model_ref != judges[j]->ref.sha256) continue;
      ++finished;
      const Result<JudgeVerdict> verdict = parse_judge_reply(record.verdict.value_or(""));
      if (record.state == "done" && verdict) (j == 0 ? judged.first : judged.second) = *verdict;
    }
  }
  return finished;
}

/// Whether the answer waits for a person now.
Result<bool> queue_one(Ledger& ledger, const JudgeChoice& choice, const AnswerToJudge& answer,
                       const std::vector<JudgeRecord>& records) {
  const std::vector<const EvalModel*> judges = judges_for(choice.judges, answer.family);
  if (judges.size() < 2) return false;
  const auto said = ledger.blob(answer.said);
  const auto checks = ledger.checks_of(answer.work_key);
  if (!said || !checks) return fail(!said ? said.error() : checks.error());
  const bool talks = is_conversation(*answer.task);
  const std::string text = talks ? words_of_model(told_answer(true, *said)) : *said;
  JudgedAnswer judged;
  judged.item = answer.work_key;
  judged.answer = text;
  if (take_verdicts(records, judges, judged) < 2) return false;  // not judged yet
  for (const CheckRecord& check : *checks) {
    if (check.applicable && check.check_id.ends_with(" unit_test")) judged.unit_tests = check.value;
  }
  std::vector<std::string> reasons;
  for (const ReviewReason reason : review_reasons(judged)) reasons.emplace_back(review_reason_name(reason));
  const Result<bool> waits = queue_answer(ledger, answer.work_key, answer.task->rev, answer.said, reasons);
  if (!waits) return waits;
  const ItemState state = *waits ? ItemState::needs_review : ItemState::done;
  if (const Result<void> moved = ledger.move_item(answer.work_key, {state, {}, 0}); !moved) return fail(moved.error());
  return waits;
}

}  // namespace

Result<std::int64_t> queue_reviews(const JudgeChoice& choice, const std::vector<AnswerToJudge>& answers) {
  Result<std::unique_ptr<Ledger>> ledger = open_store(choice.store, IfMissing::refuse);
  if (!ledger) return fail(ledger.error());
  const Result<VerdictsOnSaid> verdicts = read_verdicts(**ledger, choice.run);
  if (!verdicts) return fail(verdicts.error());
  std::set<SaidToTask> waiting;
  const Result<void> done = (*ledger)->atomically([&]() -> Result<void> {
    waiting.clear();
    for (const AnswerToJudge& answer : answers) {
      const SaidToTask said{answer.task->rev, answer.said};
      const auto found = verdicts->find(said);
      if (found == verdicts->end()) continue;
      const Result<bool> waits = queue_one(**ledger, choice, answer, found->second);
      if (!waits) return fail(waits.error());
      if (*waits) waiting.insert(said);
    }
    return {};
  });
  if (!done) return fail(done.error());
  return static_cast<std::int64_t>(waiting.size());
}

}  // namespace rigwise
