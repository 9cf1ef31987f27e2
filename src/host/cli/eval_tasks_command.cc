#include <ostream>

#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/eval_report_lines.h"
#include "host/cli/eval_tasks_args.h"
#include "host/cli/session.h"

namespace rigwise {
namespace {

std::vector<std::string> needs_of(const EvalTask& task) {
  std::vector<std::string> needs;
  if (task.needs_images()) needs.emplace_back("images");
  if (task.needs_tools()) needs.emplace_back("tools");
  if (!task.turns.empty()) needs.emplace_back("turns");
  if (task.needs_sandbox()) needs.emplace_back(code_language_name(task.sandbox->language));
  return needs;
}

Json task_json(const EvalTask& task) {
  return {{"id", task.id},
          {"rev", task.rev},
          {"title", task.title},
          {"role", task.role},
          {"category", task.category},
          {"kind", task_kind_name(task.kind)},
          {"lang", task.lang},
          {"difficulty", task.difficulty},
          {"family", task.family},
          {"needs", needs_of(task)},
          {"checks", task.checks.size()},
          {"max_output_tokens", task.limits.max_output_tokens}};
}

DataRows list_rows(const Json& response) {
  DataRows data;
  data.columns = {"id", "category", "kind", "lang", "difficulty", "family", "title", "rev"};
  for (const Json& task : response["tasks"]) {
    std::vector<Json> cells;
    cells.reserve(data.columns.size());
    for (const std::string& key : data.columns) cells.push_back(task[key]);
    data.rows.push_back(std::move(cells));
  }
  return data;
}

int run_list(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<FoundTasks> found = tasks_of(args);
  if (!found) return console.print_error(found.error());
  say_task_source(console, args, *found);
  Json response = {{"schema", "rigwise.eval_tasks_list/1"}};
  response["tasks"] = Json::array();
  for (const EvalTask& task : found->tasks) response["tasks"].push_back(task_json(task));
  response["faults"] = task_faults_json(found->faults);
  if (session.printed_as_data(response, list_rows)) return found->faults.empty() ? 0 : 1;
  Table table;
  table.columns = {{"task", false, false},
                   {"category", false, false},
                   {"lang", false, false},
                   {"level", true, false},
                   {"needs", false, true}};
  for (const EvalTask& task : found->tasks) {
    table.rows.push_back(
        {task.id, task.category, task.lang, std::to_string(task.difficulty), join(needs_of(task), ", ")});
  }
  console.print(table);
  for (const Diagnostic& fault : found->faults) print_task_fault(console, fault);
  if (console.format == OutputFormat::table)
    *console.out << "\n" << say_counted(static_cast<std::int64_t>(found->tasks.size()), "task") << "\n";
  return found->faults.empty() ? 0 : 1;
}

int run_check(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<FoundTasks> found = tasks_of(args);
  if (!found) return console.print_error(found.error());
  say_task_source(console, args, *found);
  const Json response = {{"schema", "rigwise.eval_tasks_check/1"},
                         {"tasks", found->tasks.size()},
                         {"broken", found->broken},
                         {"faults", task_faults_json(found->faults)}};
  const int status = found->faults.empty() ? 0 : 1;
  if (session.printed_as_json(response)) return status;
  for (const Diagnostic& fault : found->faults) print_task_fault(console, fault);
  *console.out << say_counted(static_cast<std::int64_t>(found->tasks.size()), "task") << " can be used, "
               << found->broken.size() << " cannot\n";
  return status;
}

}  // namespace

const CommandSpec& eval_tasks_list_command() {
  static const CommandSpec kSpec = {"eval tasks list", "which tasks are there, and what do they need of a model?",
                                    "eval tasks list --role accountant", tasks_args(TaskIds::arguments), run_list};
  return kSpec;
}

const CommandSpec& eval_tasks_check_command() {
  static const CommandSpec kSpec = {"eval tasks check", "is every task in the format of docs/tasks.md?",
                                    "eval tasks check --tasks my-tasks", tasks_args(TaskIds::arguments), run_check};
  return kSpec;
}

}  // namespace rigwise
