#include "host/eval/run_list.h"

#include "host/eval/result_set_of_ledger.h"
#include "host/eval/review_queue.h"
#include "host/eval/said_answer.h"

namespace rigwise {
namespace {

Result<void> count_answers(Ledger& ledger, ListedRun& run) {
  const auto totals = ledger.totals(run.id);
  if (!totals) return fail(totals.error());
  run.wanted = totals->items;
  run.attempts = totals->attempts;
  run.spent_nano = totals->known_spent_nano();
  for (const StateCount& count : totals->states) {
    const std::optional<ItemState> state = item_state_of_name(count.state);
    const bool given_up = state == ItemState::failed_infra;
    const bool answered = state == ItemState::answered || state == ItemState::checked || state == ItemState::judging ||
                          state == ItemState::done || state == ItemState::needs_review;
    if (given_up || answered) run.finished += count.items;
    if (given_up) run.given_up += count.items;
    if (state == ItemState::answered) run.ungraded += count.items;
  }
  return {};
}

Result<void> count_words(Ledger& ledger, const std::string& conversations, ListedRun& run) {
  const Result<JudgementCounts> judged = judgement_counts(ledger, run.id, conversations);
  if (!judged) return fail(judged.error());
  run.judged = *judged;
  const auto cases = review_cases(ledger, run.id, ReviewWanted::all);
  if (!cases) return fail(cases.error());
  for (const ReviewCase& one : *cases) ++(one.is_open ? run.reviews_open : run.reviews_decided);
  return {};
}

/// Runs that a statement's end picks.
Result<std::vector<ListedRun>> read_runs(Ledger& ledger, const std::string& which,
                                         const std::vector<SqlValue>& parameters) {
  const auto rows =
      ledger.database().run("SELECT id, label, host, code_version, started_ms, spec FROM run " + which, parameters);
  if (!rows) return fail(rows.error());
  const Result<std::string> conversations = conversation_revisions(ledger);
  if (!conversations) return fail(conversations.error());
  std::vector<ListedRun> runs;
  runs.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    ListedRun run;
    run.id = row.text(0);
    run.label = row.text(1);
    run.host = row.text(2);
    run.code_version = row.text(3);
    run.started_ms = row.integer(4);
    run.is_demo = is_demo_spec(row.text(5));
    for (const Result<void>& counted : {count_answers(ledger, run), count_words(ledger, *conversations, run)}) {
      if (!counted) return fail(counted.error());
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace

Result<std::vector<ListedRun>> list_runs(Ledger& ledger) {
  return read_runs(ledger, "ORDER BY started_ms DESC, id", {});
}

Result<ListedRun> listed_run(Ledger& ledger, const std::string& id) {
  Result<std::vector<ListedRun>> runs = read_runs(ledger, "WHERE id = $1", {id});
  if (!runs) return fail(runs.error());
  if (!runs->empty()) return std::move(runs->front());
  return fail({ErrorCode::not_found, "no run \"" + id + "\"", "run", "rigwise eval status", {}});
}

}  // namespace rigwise
