#include "host/eval/heard_judgements.h"

#include <algorithm>

#include "host/eval/said_answer.h"

namespace rigwise {

Result<std::vector<HeardJudgement>> heard_judgements(Ledger& ledger, const std::string& run,
                                                     const std::string& conversations, const KeyRange& keys) {
  const auto rows = ledger.database().run(
      "SELECT i.work_key, j.work_key, m.requested, m.family, j.repeat_no, j.state, j.verdict, j.cost_nano FROM "
      "run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a ON a.id = i.chosen JOIN judge_item j ON "
      "j.answer = " +
          said_blob_sql("$4") +
          " JOIN item k ON k.work_key = j.work_key AND k.task_rev = i.task_rev JOIN model_ref m ON m.sha256 = "
          "j.model_ref JOIN model_ref c ON c.sha256 = i.model_ref WHERE r.run = $1 AND r.work_key > $2 AND ($3 = '' OR "
          "r.work_key <= $3) AND j.repeat_no >= 0 AND j.state IN ('done', 'error') AND m.family <> c.family ORDER BY "
          "i.work_key, CASE WHEN j.work_key = i.work_key THEN 0 ELSE 1 END, j.judge_key",
      {run, keys.after, keys.last, conversations});
  if (!rows) return fail(rows.error());
  std::vector<HeardJudgement> heard;
  std::size_t first_of_answer = 0;
  for (const SqlRow& row : *rows) {
    HeardJudgement one;
    one.work_key = row.text(0);
    one.judge = row.text(2);
    one.family = row.text(3);
    one.repeat = static_cast<int>(row.integer(4));
    if (heard.empty() || heard.back().work_key != one.work_key) first_of_answer = heard.size();
    const auto of_answer = heard.begin() + static_cast<std::ptrdiff_t>(first_of_answer);
    const bool has_spoken = std::any_of(of_answer, heard.end(), [&](const HeardJudgement& before) {
      return before.judge == one.judge && before.repeat == one.repeat;
    });
    if (has_spoken) continue;
    one.is_done = row.text(5) == "done";
    one.verdict = row.text(6);
    if (row.text(0) == row.text(1)) one.cost_nano = row.maybe_integer(7);
    heard.push_back(std::move(one));
  }
  return heard;
}

Result<JudgementCounts> judgement_counts(Ledger& ledger, const std::string& run, const std::string& conversations) {
  const auto heard = heard_judgements(ledger, run, conversations);
  if (!heard) return fail(heard.error());
  JudgementCounts counts;
  for (const HeardJudgement& one : *heard) {
    if (one.repeat > 0) continue;
    ++counts.judgements;
    counts.unreadable += one.is_done ? 0 : 1;
  }
  const auto paid = ledger.database().run(
      "SELECT SUM(j.cost_nano) FROM run_item r JOIN judge_item j ON j.work_key = r.work_key WHERE r.run = $1", {run});
  if (!paid) return fail(paid.error());
  counts.cost_nano = paid->at(0).maybe_integer(0);
  return counts;
}

}  // namespace rigwise
