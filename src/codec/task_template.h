#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/grade/eval_task.h"

namespace rigwise {

/// The words that a new task begins with (`eval tasks new`): they say what belongs in their place, and nobody has
/// filled in a task that still has them.
struct TaskTemplate {
  static constexpr std::string_view title = "What the task is, in a few words";
  static constexpr std::string_view expects = "what a good answer has: one line each, the judges read them";
  static constexpr std::string_view prompt =
      "What somebody was really asked, with every rule that the answer depends on.\n"
      "End with a line `Answer: NUMBER`.";
  static constexpr std::string_view reference = "The answer that you would send.";
  static constexpr std::string_view wrong = "What somebody would answer who does so.";
  static constexpr std::array<std::string_view, 3> wrong_names = {"skims", "misreads-a-rule", "stops-early"};
};

/// The parts of a task that still have the template's words: "title", "prompt", "wrong skims", ...; none: it is filled
/// in.
std::vector<std::string> unfilled_parts(const EvalTask& task);

}  // namespace rigwise
