#include "codec/task_template.h"

#include <algorithm>

namespace rigwise {

std::vector<std::string> unfilled_parts(const EvalTask& task) {
  std::vector<std::string> parts;
  const auto add_if = [&parts](bool holds, std::string part) {
    if (holds) parts.push_back(std::move(part));
  };
  const auto has = [](std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
  };
  add_if(has(task.title, TaskTemplate::title), "title");
  add_if(std::any_of(task.expects.begin(), task.expects.end(),
                     [&](const std::string& expected) { return has(expected, TaskTemplate::expects); }),
         "expects");
  add_if(has(task.prompt, TaskTemplate::prompt.substr(0, TaskTemplate::prompt.find('\n'))), "prompt");
  add_if(has(task.reference, TaskTemplate::reference), "reference");
  for (const TaskFile& answer : task.wrong) add_if(has(answer.bytes, TaskTemplate::wrong), "wrong " + answer.name);
  return parts;
}

}  // namespace rigwise
