#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// One message of the assistant.
struct DemoStep {
  std::string text;
  Json calls;  ///< as OpenAI writes tool calls; null: none
};

/// A task's answer message by message. In tasks with tools or turns a line `>>> tool {...}` is a call and `=== turn`
/// ends a turn (docs/tasks.md); calls that follow each other are one message.
std::vector<DemoStep> demo_steps(const EvalTask& task, std::string_view answer);

/// The text of the last of them: what judges see.
std::string last_text(const EvalTask& task, std::string_view answer);

}  // namespace rigwise
