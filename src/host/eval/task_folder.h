#pragma once

#include <string>
#include <vector>

#include "codec/diagnostic.h"
#include "core/base/result.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// Which tasks are meant. An empty list means all.
struct TaskFilter {
  std::vector<std::string> ids;  ///< ids, or starts of ids: "accountant/", "developer/cents"
  std::vector<std::string> roles, categories;

  bool takes_id(std::string_view id) const;
  bool takes(const EvalTask& task) const;
};

/// What lies below some folders. A broken task is a fault and stops nothing else.
struct FoundTasks {
  std::vector<EvalTask> tasks;      ///< in order of id
  std::vector<Diagnostic> faults;   ///< of the tasks left out
  std::vector<std::string> broken;  ///< their ids
  std::size_t bundled = 0;          ///< within tasks: the binary's
  std::size_t replaced = 0;         ///< bundled ones in whose place a folder's of the same id stands
};

/// Tasks below `folders`: `<role>/<slug>/task.toml` and `<role>/<slug>.task.md`. A folder that is itself a role or a
/// task, and a single file, are taken too. Links that lead out of a task's folder are refused; hidden files passed
/// over. "bundled" stands for the tasks of the binary; a folder's task stands in the place of a bundled one of its id.
/// The same id in two folders: the one of the later folder is the fault.
/// Patterns are tried with RE2. Errors  a folder that cannot be read; a filter's word that is no role or category, with
/// the nearest.
Result<FoundTasks> find_tasks(const std::vector<std::string>& folders, const TaskFilter& filter = {});

/// Where tasks are when nobody says: the folder "tasks" here, if there are any in it, else the binary's.
std::vector<std::string> usual_task_folders();

/// How many of the binary's tasks a folder does not have: what who reads that folder alone goes without.
std::size_t bundled_tasks_not_in(const std::string& folder);

/// What RE2 says against a task's patterns; `shown` is the file's name in the faults.
std::vector<Diagnostic> pattern_faults(const EvalTask& task, const std::string& shown);

}  // namespace rigwise
