#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/eval_task_files.h"
#include "codec/eval_task_reader.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// The languages that a prompt may be in.
const std::vector<std::string>& task_languages();

/// A task, or why it cannot be used. With a fault there is no task: half a task would score wrongly.
struct ReadTask {
  std::optional<EvalTask> task;
  std::vector<Diagnostic> faults;
};

/// Settings and texts of a task -> task, by docs/tasks.md. Every fault names file, line and key; an unknown key names
/// the nearest. Patterns are not tried here: that is the outer ring's work (task_patterns()).
///
/// Takes  canonical files, their settings as TOML stands for them, `parse` for cases in a file of their own (null: none
///        of them is read).
ReadTask read_task_settings(const TaskFiles& files, const TomlJson& toml, TomlParser parse, TaskTexts texts);

/// Every pattern of a task, wherever it stands, as the check that would use it; to be tried before a run.
std::vector<PatternCheck> task_patterns(const EvalTask& task);

}  // namespace rigwise
