#pragma once

#include "codec/eval_task_settings.h"

namespace rigwise {

/// Files of a task -> task; see read_task_settings().
ReadTask read_eval_task(TaskFiles files);

}  // namespace rigwise
