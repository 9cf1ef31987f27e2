#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/usage/prompt_categories.h"

namespace rigwise {

/// A prompt that could become a task, without its secrets.
struct TaskCandidate {
  std::string prompt;
  std::size_t category = 0;
  std::uint64_t rank = 0;  ///< by which some are chosen: a hash of the prompt, so the same every time
};

/// Keeps a few prompts of each category while logs are read: as if drawn by lot, each different prompt with the same
/// chance, and at most `most` of a category at any time.
class CandidateKeeper {
 public:
  explicit CandidateKeeper(std::size_t most) : most_(most) {}
  /// Takes a prompt of a size that a task can have; others, and those of no category, are passed over.
  void take(std::string_view prompt, const CategoryVerdict& verdict);
  /// At most `most`, evenly from the categories that have some.
  std::vector<TaskCandidate> chosen() const;

 private:
  std::size_t most_;
  std::map<std::size_t, std::map<std::uint64_t, std::string>> by_category_;  ///< prompts by rank
};

/// A file for a task of a candidate: settings as far as they are known, the prompt, and a note on what is missing. It
/// has no check, no reference and no wrong answer, so `eval tasks check` and `prove` refuse it until a person adds
/// them.
struct TaskDraftFile {
  std::string path;  ///< below the folder of tasks: "developer/refactoring-1f2e3d4c.task.md"
  std::string text;
};
TaskDraftFile task_draft_file(const TaskCandidate& candidate, const CategoryRules& rules, const std::string& today);

/// Writes drafts into a folder; files that are there stay. Gives the paths that were written.
Result<std::vector<std::string>> write_task_drafts(const std::vector<TaskDraftFile>& drafts, const std::string& folder);

}  // namespace rigwise
