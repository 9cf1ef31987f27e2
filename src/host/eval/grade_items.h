#pragma once

#include <functional>
#include <map>
#include <string>

#include "codec/grade_task.h"
#include "host/store/ledger.h"

namespace rigwise {

/// Rules by which answers are scored; a change of them is a new version, and results of both stay.
inline constexpr const char* kScorerVersion = "1";

/// Patterns by RE2.
PatternFinder pattern_finder();
CheckTools check_tools(CodeRunner* code = nullptr);
/// Whether any of the tasks has code to run.
bool needs_code(const std::map<std::string, const EvalTask*>& tasks);

/// What checks see of an attempt: its answer, or the conversation that was kept whole.
GivenAnswer given_answer(const EvalTask& task, const std::string& answer, const std::string& transcript, bool cut_off);

/// What a grade leaves in the ledger: a record a check, named "1 keyword", "2 regex", ... by the task's order, whose
/// evidence is {"name", "type", "part", "weight", "must", "note"}; and one named "score" with the total and
/// {"parts", "capped", "not_run", "sandbox"}. No answer is asked for again, whatever changes.
std::vector<CheckRecord> grade_records(const EvalTask& task, const TaskGrade& grade, const std::string& sandbox = {});

struct GradeReport {
  std::int64_t graded = 0;
  std::int64_t not_run = 0;  ///< checks that could not be run here
  std::int64_t unknown = 0;  ///< answers to tasks that are not here
  bool is_interrupted = false;
};
/// What is called between answers, with how many have their grade; false: that is enough.
using GradeProgress = std::function<bool(std::int64_t graded)>;
/// Grades answers of a run: those that have no grade, or all of them.
/// Takes  tasks by revision; what the sandbox is, in words.
Result<GradeReport> grade_run(Ledger& ledger, const std::string& run,
                              const std::map<std::string, const EvalTask*>& tasks, const CheckTools& tools, bool all,
                              const std::string& sandbox = {}, const GradeProgress& tell = {});

}  // namespace rigwise
