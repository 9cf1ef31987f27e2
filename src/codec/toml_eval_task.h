#pragma once

#include <optional>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/eval_task_files.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// A task, or why it cannot be used. With a fault there is no task: half a task would score wrongly.
struct ReadTask {
  std::optional<EvalTask> task;
  std::vector<Diagnostic> faults;
};

/// Files of a task -> task, by docs/tasks.md. Every fault names file, line and key; an unknown key names the nearest.
/// Patterns are not tried here: that is the outer ring's work (task_patterns()).
ReadTask read_eval_task(TaskFiles files);

/// Every pattern of a task, wherever it stands, as the check that would use it; to be tried before a run.
std::vector<PatternCheck> task_patterns(const EvalTask& task);

}  // namespace rigwise
