#pragma once

#include <map>
#include <string>
#include <vector>

#include "codec/grade_task.h"
#include "host/sandbox/sandbox.h"

namespace rigwise {

/// Where a language's tools are on this machine, and what a box must be able to read to use them.
struct Toolchain {
  std::string missing;  ///< the first tool that is not installed; empty: all are there
  std::string main;     ///< compiler or interpreter
  std::string second;   ///< typescript: node; go: gofmt
  std::vector<std::string> binds;
  std::string path;  ///< PATH inside
};

/// Looks where systems put programs, then along PATH, then in `more` (such as a checkout's web/node_modules/.bin).
/// `by_others`: the box is another user's, so that a tool in a closed home is as good as missing.
Toolchain find_toolchain(CodeLanguage language, const std::vector<std::string>& more, bool by_others);

/// Shell lines that compile the answer's own files; empty: the language has no such step.
std::string compile_script(const SandboxSpec& spec, const Toolchain& tools, const CodeFiles& files);
/// Shell lines that make answer and driver ready to run.
std::string build_script(const SandboxSpec& spec, const Toolchain& tools, const CodeFiles& files);
/// The command of one case.
std::vector<std::string> run_command(const SandboxSpec& spec, const Toolchain& tools, const TestCase& test);
/// What it reads: for sql the statements around the answer's.
std::string run_input(const SandboxSpec& spec, const CodeFiles& files, const TestCase& test);

/// What every program of a box sees; nothing of the user's environment.
std::map<std::string, std::string> box_environment(const Toolchain& tools);

}  // namespace rigwise
