#pragma once

#include <string>
#include <vector>

#include "codec/eval_task_settings.h"
#include "codec/json_text.h"

namespace rigwise {

/// The mark of all bundled tasks: a model that completes it has seen them.
inline constexpr const char* kTaskCanary = "rigwise-tasks 8f1d6c0e-5b7a-4e39-9c42-d07b3a61e5f4";

/// A task on its way to a file of its own: what a form holds.
struct TaskDraft {
  std::string id;                      ///< "role/slug"
  Json settings = Json::object();      ///< what task.toml would hold, without what is the same in all (schema, canary)
  std::string prompt, reference;       ///< as they will stand
  std::vector<TaskFile> wrong, right;  ///< answers, by short name
};

/// Reads a draft from JSON. Errors  an unknown key, a value of the wrong kind.
Result<TaskDraft> task_draft_of(const Json& json);

/// What becomes of a draft.
struct DraftedTask {
  std::string text;  ///< the file `<slug>.task.md`, faults or not
  ReadTask read;     ///< what the reader of tasks says to it
};

/// Writes a draft as the single-file form of docs/tasks.md and reads it as the terminal does. The text says what the
/// draft says, or there is a fault: a line of a text that would part the file is one.
DraftedTask drafted_task(const TaskDraft& draft);

/// A JSON object as TOML 1.0: values first, then tables, in the order of the object. `dates` are the keys of the
/// outermost table whose texts are dates.
std::string toml_of_json(const Json& object, const std::vector<std::string>& dates);

}  // namespace rigwise
