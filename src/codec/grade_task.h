#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "codec/tool_script.h"
#include "core/base/result.h"
#include "core/grade/eval_task.h"
#include "core/grade/score.h"

namespace rigwise {

/// The files of an answer's code: name -> text.
using CodeFiles = std::map<std::string, std::string>;

/// What compiling said. `not_run` is why it could not be tried here; then nothing else holds.
struct CompileOutcome {
  std::string not_run;
  bool compiles = false;
  std::string message;  ///< the compiler's, shortened
};

/// What one case's process left behind.
struct TestOutcome {
  std::string output;   ///< standard output, then what `show` and `tree` append
  int exit_status = 0;  ///< 128 + signal where one ended it
  std::string message;  ///< the end of standard error, or which limit was passed
};

/// What building and running said.
struct RunOutcome {
  std::string not_run;
  bool builds = false;
  std::string message;            ///< why it does not build
  std::vector<TestOutcome> runs;  ///< one a case, in order
};

/// Compiles and runs an answer's code. It knows no expected output: what is right is decided by grade_task().
class CodeRunner {
 public:
  virtual ~CodeRunner() = default;
  virtual CompileOutcome compile(const SandboxSpec& spec, const CodeFiles& files) = 0;
  virtual RunOutcome run(const SandboxSpec& spec, const CodeFiles& files, const std::vector<TestCase>& cases) = 0;
};

/// What checks need of the outer ring.
struct CheckTools {
  std::function<Result<int>(const PatternCheck& check, std::string_view text)> count_matches;
  CodeRunner* code = nullptr;  ///< none: such checks are not run
  std::string why_no_code = "there is no sandbox here";

  /// Whether a pattern is found; false where it cannot be used.
  PatternFinder finder() const;
};

struct TaskGrade {
  std::vector<ScoredCheck> checks;  ///< one for each check of the task, in its order
  std::vector<std::string> notes;   ///< beside them: what was missing, or why it was not run
  AnswerScore score;
};

/// Every check of a task on an answer, and the score. White space without calls scores 0.
TaskGrade grade_task(const EvalTask& task, const GivenAnswer& answer, const CheckTools& tools);

}  // namespace rigwise
