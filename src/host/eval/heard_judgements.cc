#include "host/eval/heard_judgements.h"

#include <algorithm>
#include <map>
#include <utility>

#include "host/eval/said_answer.h"

namespace rigwise {
namespace {

/// Answers of a run within a range of keys.
constexpr std::string_view kAnswersOfRun =
    " FROM run_item r JOIN item i ON i.work_key = r.work_key JOIN attempt a ON a.id = i.chosen JOIN model_ref c ON "
    "c.sha256 = i.model_ref WHERE r.run = $1 AND ($2 = '' OR r.work_key = $2)";

using SaidToTask = std::pair<std::string, std::string>;
using JudgementsOnSaid = std::map<SaidToTask, std::vector<HeardJudgement>>;

/// All that was said of what the run's answers say. Joined by answer here and not by the database: it has no index of
/// answers, and would look at every judgement for every answer.
Result<JudgementsOnSaid> judgements_on_said(Ledger& ledger, const HeardOf& of) {
  const auto rows = ledger.database().run(
      std::string("SELECT j.work_key, k.task_rev, j.answer, m.requested, m.family, j.repeat_no, j.state, ") +
          (of.with_verdicts ? "j.verdict" : "''") +
          ", j.cost_nano FROM judge_item j JOIN item k ON k.work_key = j.work_key JOIN model_ref m ON m.sha256 = "
          "j.model_ref WHERE j.repeat_no >= 0 AND j.state IN ('done', 'error') AND j.answer IN (SELECT " +
          said_blob_sql("$3") + std::string(kAnswersOfRun) + ") ORDER BY j.judge_key",
      {of.run, of.work_key, of.conversations});
  if (!rows) return fail(rows.error());
  JudgementsOnSaid judgements;
  for (const SqlRow& row : *rows) {
    HeardJudgement one;
    one.work_key = row.text(0);
    one.judge = row.text(3);
    one.family = row.text(4);
    one.repeat = static_cast<int>(row.integer(5));
    one.is_done = row.text(6) == "done";
    one.verdict = row.text(7);
    one.cost_nano = row.maybe_integer(8);
    judgements[{row.text(1), row.text(2)}].push_back(std::move(one));
  }
  return judgements;
}

/// Adds what counts of them for one answer: its own item's words first, each judge's once, nobody's on kin.
void add_heard(const std::vector<HeardJudgement>& said, const std::string& work_key, const std::string& family,
               std::vector<HeardJudgement>& heard) {
  const std::size_t first = heard.size();
  for (const bool of_item : {true, false}) {
    for (const HeardJudgement& one : said) {
      if ((one.work_key == work_key) != of_item || one.family == family) continue;
      const auto begin = heard.begin() + static_cast<std::ptrdiff_t>(first);
      const bool has_spoken = std::any_of(begin, heard.end(), [&](const HeardJudgement& before) {
        return before.judge == one.judge && before.repeat == one.repeat;
      });
      if (has_spoken) continue;
      heard.push_back(one);
      heard.back().work_key = work_key;
      if (!of_item) heard.back().cost_nano.reset();
    }
  }
}

}  // namespace

Result<std::vector<HeardJudgement>> heard_judgements(Ledger& ledger, const HeardOf& of) {
  const auto answers = ledger.database().run("SELECT i.work_key, i.task_rev, " + said_blob_sql("$3") + ", c.family" +
                                                 std::string(kAnswersOfRun) + " ORDER BY i.work_key",
                                             {of.run, of.work_key, of.conversations});
  const Result<JudgementsOnSaid> judgements = judgements_on_said(ledger, of);
  if (!answers) return fail(answers.error());
  if (!judgements) return fail(judgements.error());
  std::vector<HeardJudgement> heard;
  for (const SqlRow& row : *answers) {
    const auto found = judgements->find({row.text(1), row.text(2)});
    if (found != judgements->end()) add_heard(found->second, row.text(0), row.text(3), heard);
  }
  return heard;
}

Result<JudgementCounts> judgement_counts(Ledger& ledger, const std::string& run, const std::string& conversations) {
  const auto heard = heard_judgements(ledger, {run, conversations, {}, false});
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
