#include <ostream>

#include "host/cli/eval_flags.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/say.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::string store = eval_store_of(args);
  std::string name;
  {
    const auto ledger = open_store(store, IfMissing::refuse);
    if (!ledger) return console.print_error(ledger.error());
    const Result<std::string> called = run_called(**ledger, args);
    if (!called) return console.print_error(called.error());
    name = *called;
  }
  const Result<FoundTasks> found = tasks_of(args);
  if (!found) return console.print_error(found.error());
  say_broken_tasks(console, *found);
  std::map<std::string, const EvalTask*> tasks;
  for (const EvalTask& task : found->tasks) tasks[task.rev] = &task;
  const auto graded = grade_in_sandbox(console, args, store, name, tasks, args.has("--all"));
  if (!graded) return console.print_error(graded.error());
  const Json report = {{"schema", "rigwise.eval_grade/1"},
                       {"run", name},
                       {"graded", graded->graded},
                       {"checks_not_run", graded->not_run},
                       {"unknown_tasks", graded->unknown}};
  constexpr int kInterrupted = 130;
  const int status = graded->is_interrupted ? kInterrupted : 0;
  if (session.printed_as_json(report)) return status;
  *console.out << "run " << name << ": " << say_counted(graded->graded, "answer") << " graded";
  if (graded->not_run > 0) *console.out << ", " << say_counted(graded->not_run, "check") << " could not be run here";
  if (graded->unknown > 0)
    *console.out << ", " << say_count(static_cast<double>(graded->unknown)) << " left: their tasks are not here";
  *console.out << "; no model was asked\n";
  return status;
}

}  // namespace

const CommandSpec& eval_grade_command() {
  static const CommandSpec kSpec = [] {
    CommandSpec spec;
    spec.name = "eval grade";
    spec.summary = "grade what has been answered, or all of it anew; asks no model";
    spec.example = "eval grade --all";
    spec.args = tasks_args(TaskIds::only_flag);
    spec.args.push_back(run_arg());
    spec.args.push_back({"--all", "", ArgType::flag, "", "also what has a grade"});
    spec.args.push_back(store_arg());
    spec.run = run;
    return spec;
  }();
  return kSpec;
}

}  // namespace rigwise
