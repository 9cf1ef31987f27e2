#pragma once

#include <string>
#include <vector>

#include "host/cli/command.h"
#include "host/cli/console.h"
#include "host/eval/task_folder.h"

namespace rigwise {

/// "--tasks DIR" and which of the tasks are meant: ids, --role, --category.
std::vector<ArgSpec> tasks_args();
/// The folders that --tasks names, or "tasks".
std::vector<std::string> tasks_folders(const Args& args);
Result<FoundTasks> tasks_of_args(const Args& args);

/// Where `tsc` may be beside the usual places: what the page was built with.
std::vector<std::string> tool_folders(const Args& args);

/// A broken task, as error: / where: / try:.
void print_task_fault(const Console& console, const Diagnostic& fault);
Json task_faults_json(const std::vector<Diagnostic>& faults);

}  // namespace rigwise
