#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/grade_task.h"
#include "host/sandbox/sandbox.h"
#include "host/sandbox/toolchain.h"

namespace rigwise {

/// Compiles and runs answers in boxes: one box for what is compiled, one for each case. Any number of threads.
class CodeSandbox : public CodeRunner {
 public:
  /// `tool_folders`: where to look for tools beside the usual places.
  explicit CodeSandbox(Sandbox sandbox, std::vector<std::string> tool_folders = {});

  CompileOutcome compile(const SandboxSpec& spec, const CodeFiles& files) override;
  RunOutcome run(const SandboxSpec& spec, const CodeFiles& files, const std::vector<TestCase>& cases) override;

  /// Why code of this language cannot be run here; empty: it can.
  std::string why_not(CodeLanguage language);
  const Sandbox& sandbox() const { return sandbox_; }

 private:
  struct Build {
    std::string not_run;
    bool done = false;
    std::string message;
    std::map<std::string, BoxFile> files;  ///< the folder as each case finds it
  };

  const Toolchain& tools_for(CodeLanguage language);
  BoxJob build_job(const SandboxSpec& spec, const CodeFiles& files, const std::string& script);
  std::shared_ptr<const Build> build(const SandboxSpec& spec, const CodeFiles& files);
  Build build_anew(const SandboxSpec& spec, const CodeFiles& files);
  TestOutcome run_case(const SandboxSpec& spec, const CodeFiles& files, const Build& built, const TestCase& test,
                       std::string& not_run);
  const std::map<std::string, BoxFile>& go_packages();

  Sandbox sandbox_;
  std::vector<std::string> tool_folders_;
  std::mutex guard_;
  std::map<CodeLanguage, Toolchain> tools_;
  std::map<std::string, std::shared_ptr<const Build>> builds_;  ///< the last few, by content
  std::map<std::string, CompileOutcome> compiled_;              ///< the same
  std::once_flag go_once_;
  std::map<std::string, BoxFile> go_packages_;
};

}  // namespace rigwise
