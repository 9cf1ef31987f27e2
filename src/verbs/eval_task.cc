#include "verbs/eval_task.h"

#include "codec/eval_task_draft.h"

namespace rigwise {
namespace {

/// What a file that can be read still lacks, or has not been tried for.
Json notes_on(const TaskDraft& draft, const DraftedTask& drafted) {
  Json notes = Json::array();
  constexpr std::size_t kEnough = 3;
  if (draft.wrong.size() < kEnough) {
    notes.push_back("a proof wants three plausible wrong answers; there " +
                    std::string(draft.wrong.size() == 1 ? "is " : "are ") + std::to_string(draft.wrong.size()));
  }
  if (!drafted.read.task) return notes;
  if (!task_patterns(*drafted.read.task).empty())
    notes.push_back("patterns are tried when the terminal reads the task");
  notes.push_back("`rigwise eval tasks prove " + draft.id +
                  "` scores the reference, nothing, the prompt and the wrong answers");
  return notes;
}

/// The words that a task may choose from.
Json choices_json() {
  constexpr int kKinds = 7, kCode = 8;
  Json kinds = Json::array(), code = Json::array();
  for (int i = 0; i < kKinds; ++i) kinds.push_back(task_kind_name(static_cast<TaskKind>(i)));
  for (int i = 0; i < kCode; ++i) code.push_back(code_language_name(static_cast<CodeLanguage>(i)));
  return {{"role", task_roles()},
          {"category", task_categories()},
          {"kind", std::move(kinds)},
          {"lang", task_languages()},
          {"code", std::move(code)}};
}

}  // namespace

Json task_fault_json(const Diagnostic& fault) {
  Json json = {{"key", fault.key}, {"message", fault.message}};
  if (!fault.try_this.empty()) json["try"] = fault.try_this;
  return json;
}

Result<Json> eval_task_verb(const House&, const Json& request) {
  const Result<TaskDraft> draft = task_draft_of(request);
  if (!draft) return fail(draft.error());
  const DraftedTask drafted = drafted_task(*draft);
  Json faults = Json::array();
  for (const Diagnostic& fault : drafted.read.faults) faults.push_back(task_fault_json(fault));
  return Json{{"schema", "rigwise.eval_task/1"},         {"id", draft->id},
              {"file", draft->id + ".task.md"},          {"text", drafted.text},
              {"usable", drafted.read.task.has_value()}, {"faults", std::move(faults)},
              {"notes", notes_on(*draft, drafted)},      {"choices", choices_json()}};
}

}  // namespace rigwise
