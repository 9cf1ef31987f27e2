#include "host/eval/task_save.h"

#include <filesystem>
#include <system_error>

#include "host/eval/task_folder.h"
#include "host/files/files.h"

namespace rigwise {

namespace fs = std::filesystem;

Result<TaskSaving> save_task(const std::string& folder, const TaskDraft& draft) {
  TaskSaving saving;
  const std::string file = draft.id + ".task.md";
  DraftedTask drafted = drafted_task(draft);
  saving.faults = std::move(drafted.read.faults);
  if (!drafted.read.task) return saving;
  saving.faults = pattern_faults(*drafted.read.task, file);
  if (!saving.faults.empty()) return saving;

  std::error_code failed;
  const fs::path above = fs::canonical(folder, failed);
  if (failed) return fail({ErrorCode::io, "the folder of tasks cannot be read: " + failed.message(), folder, "", {}});
  const fs::path role = above / drafted.read.task->role;
  if (const Result<void> made = make_folder(role.string()); !made) return fail(made.error());
  if (fs::canonical(role, failed) != role) {
    return fail({ErrorCode::invalid_input,
                 "the folder of the role is a link that leads elsewhere",
                 role.string(),
                 "a folder of its own",
                 {}});
  }
  const std::string slug = draft.id.substr(draft.id.find('/') + 1);
  // A task may be a folder too.
  saving.is_taken = fs::exists(fs::symlink_status(role / slug, failed));
  if (saving.is_taken) return saving;
  const Result<bool> made = create_file((role / (slug + ".task.md")).string(), drafted.text);
  if (!made) return fail(made.error());
  saving.is_taken = !*made;
  if (*made) saving.file = file;
  return saving;
}

}  // namespace rigwise
