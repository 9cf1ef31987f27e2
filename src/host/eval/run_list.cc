#include "host/eval/run_list.h"

#include <map>

namespace rigwise {
namespace {

/// A count of each run, by its id: rows of (run, count).
using Counts = std::map<std::string, std::int64_t>;

Result<Counts> counted(Ledger& ledger, std::string_view statement) {
  const auto rows = ledger.database().run(statement);
  if (!rows) return fail(rows.error());
  Counts counts;
  for (const SqlRow& row : *rows) counts[row.text(0)] = row.integer(1);
  return counts;
}

/// What each count of a run is counted by.
struct Counting {
  std::int64_t ListedRun::* into;
  std::string_view statement;
};
constexpr Counting kCountings[] = {
    {&ListedRun::wanted, "SELECT run, COUNT(*) FROM run_item GROUP BY run"},
    {&ListedRun::finished,
     "SELECT r.run, COUNT(*) FROM run_item r JOIN item i ON i.work_key = r.work_key WHERE i.state IN ('answered', "
     "'checked', 'judging', 'done', 'needs_review', 'failed_infra') GROUP BY r.run"},
    {&ListedRun::given_up,
     "SELECT r.run, COUNT(*) FROM run_item r JOIN item i ON i.work_key = r.work_key WHERE i.state = 'failed_infra' "
     "GROUP BY r.run"},
    {&ListedRun::judgements,
     "SELECT r.run, COUNT(*) FROM run_item r JOIN judge_item j ON j.work_key = r.work_key WHERE j.state IN ('done', "
     "'error') AND j.repeat_no >= 0 GROUP BY r.run"},
    {&ListedRun::reviews_open,
     "SELECT r.run, COUNT(DISTINCT v.work_key) FROM run_item r JOIN review v ON v.work_key = r.work_key WHERE "
     "v.decided_ms IS NULL GROUP BY r.run"},
    {&ListedRun::reviews_decided,
     "SELECT r.run, COUNT(DISTINCT v.work_key) FROM run_item r JOIN review v ON v.work_key = r.work_key WHERE "
     "v.decided_ms IS NOT NULL GROUP BY r.run"},
};

}  // namespace

Result<std::vector<ListedRun>> list_runs(Ledger& ledger) {
  const auto rows = ledger.database().run(
      "SELECT id, label, host, code_version, started_ms, spent_nano FROM run ORDER BY started_ms DESC, id");
  if (!rows) return fail(rows.error());
  std::vector<ListedRun> runs;
  runs.reserve(rows->size());
  for (const SqlRow& row : *rows) {
    ListedRun run;
    run.id = row.text(0);
    run.label = row.text(1);
    run.host = row.text(2);
    run.code_version = row.text(3);
    run.started_ms = row.integer(4);
    run.spent_nano = row.integer(5);
    runs.push_back(std::move(run));
  }
  for (const Counting& counting : kCountings) {
    const Result<Counts> counts = counted(ledger, counting.statement);
    if (!counts) return fail(counts.error());
    for (ListedRun& run : runs) {
      const auto found = counts->find(run.id);
      if (found != counts->end()) run.*counting.into = found->second;
    }
  }
  return runs;
}

}  // namespace rigwise
