#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/grade/eval_task.h"

namespace rigwise {

/// A task's files as they lie on the disk: its folder, or the one file it is.
struct TaskFiles {
  std::string id;                            ///< "role/slug", from the path
  std::string shown;                         ///< folder or file, for messages
  bool single = false;                       ///< `<slug>.task.md`; `files` has one entry, "task.md"
  std::map<std::string, std::string> files;  ///< path below the folder -> bytes
};

/// The parts of a task's text. Answers are as a model would write them: Markdown as it stands, code in fences.
struct TaskTexts {
  std::string settings;  ///< TOML, with empty lines before it where the file has other lines
  std::string prompt, reference;
  std::vector<TaskFile> wrong, right;
  std::string fault;  ///< why the file cannot be taken apart; empty: it can
  int fault_line = 0;
};

/// Text files with LF, pictures as they are; so that a checkout with CR LF is the same task.
void canonicalise(TaskFiles& files);

/// SHA-256 over names, lengths and bytes of the canonical files.
std::string task_revision(const TaskFiles& files);

/// Takes a single file apart at its `+++` lines.
TaskTexts split_task_file(std::string_view text);

/// The answers of a folder. `fence` and `only_file` come from [sandbox]: the word after the fence, and the name of the
/// answer's one file (empty where there are several).
TaskTexts folder_texts(const TaskFiles& files, std::string_view fence, std::string_view only_file);

/// A path that stays in the folder: relative, no "..", no empty part, no backslash, no control characters.
bool is_inner_path(std::string_view path);

/// The word after a fence that names the language: "js".
std::string_view fence_word(CodeLanguage language);

}  // namespace rigwise
