#pragma once

#include <string>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/eval_task_draft.h"

namespace rigwise {

/// What became of a draft that was to be saved.
struct TaskSaving {
  std::vector<Diagnostic> faults;  ///< why it is no task; then nothing is written
  bool is_taken = false;           ///< a task of that id is there already, and stays as it is
  std::string file;                ///< "role/slug.task.md" below the folder, written
};

/// Writes a draft into a folder of tasks, under the name that its id gives. Never over anything, and nowhere else: an
/// id is a role that we know and a slug of letters, digits and hyphens, and a role's folder that is a link leading
/// elsewhere is refused. Errors  a folder that cannot be written to.
Result<TaskSaving> save_task(const std::string& folder, const TaskDraft& draft);

}  // namespace rigwise
