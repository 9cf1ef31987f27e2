#pragma once

#include <string>
#include <vector>

#include "host/cli/command.h"
#include "host/cli/console.h"
#include "host/eval/task_folder.h"

namespace rigwise {

/// How a command takes the ids of tasks: as its arguments, or after --only.
enum class TaskIds { arguments, only_flag };

/// "--tasks DIR" and which of the tasks are meant: ids, --role, --category.
std::vector<ArgSpec> tasks_args(TaskIds ids);

/// The folders that --tasks names; else the binary's tasks for the demonstration, whose answers are to those; else the
/// usual ones. Errors  --tasks beside the demonstration.
Result<std::vector<std::string>> tasks_folders(const Args& args);
/// Errors  what find_tasks() refuses; no task at all is meant.
Result<FoundTasks> tasks_of(const Args& args);

/// Says on err how many tasks there are and from where; and, where nobody named the folder, which ones it hides.
void say_task_source(const Console& console, const Args& args, const FoundTasks& found);

/// Where compilers of answers may be beside the usual places: what the page was built with.
std::vector<std::string> code_tool_folders(const Args& args);

/// A broken task, as error: / where: / try:.
void print_task_fault(const Console& console, const Diagnostic& fault);
Json task_faults_json(const std::vector<Diagnostic>& faults);

}  // namespace rigwise
