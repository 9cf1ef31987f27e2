#pragma once

#include <optional>
#include <string>

#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/eval/eval_session.h"
#include "host/eval/grade_items.h"
#include "host/eval/task_folder.h"

namespace rigwise {

/// How the commands of an evaluation say what came of them.

/// "1 answer", "1,240 answers"; `many` for nouns that take no s.
std::string say_counted(std::int64_t count, const std::string& noun, const std::string& many = {});

/// "$0.0123"; "<$0.0001".
std::string say_usd(std::int64_t nano);
/// USD as a number; null where nobody knows.
Json money_json(const std::optional<std::int64_t>& nano);

/// Which broken tasks were left out, and why, on err.
void say_broken_tasks(const Console& console, const FoundTasks& found);

/// Grades answers of a run, code of theirs in the sandbox. Nothing to grade takes no time.
Result<GradeReport> grade_in_sandbox(const Console& console, const Args& args, const std::string& store,
                                     const std::string& run, const std::map<std::string, const EvalTask*>& tasks,
                                     bool all);

/// The run that --run names by id, its beginning or label (of several runs of one label the newest); without one the
/// newest of all.
Result<std::string> run_called(Ledger& ledger, const Args& args);
/// A line that says that the results are the demonstration's.
void say_demo(const Console& console);
ArgSpec run_arg();

struct RunEnd {
  std::string store, run, endpoint;
  RunnerReport report;
  GradeReport graded;
  Json plan;  ///< null: none
};
/// The summary of a run, and the exit status: 0 all answered, 1 some not, 3 the endpoint's matter, 130 interrupted.
int say_run_end(Session& session, const RunEnd& end);

Json summary_json(const std::vector<ModelSummary>& models);
/// `marks_demo` adds a column for readers that see rows alone.
Table summary_table(const std::vector<ModelSummary>& models, bool marks_demo = false);

}  // namespace rigwise
