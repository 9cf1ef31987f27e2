#include "host/sandbox/code_sandbox.h"

#include <algorithm>
#include <set>

#include "codec/sha256.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr const char* kShell = "/bin/sh";
constexpr std::size_t kLongestMessage = 2000, kMostBuilds = 8;
constexpr double kWallPerCpu = 3;

/// Compilers want more than what they make.
BoxLimits build_limits() {
  BoxLimits limits;
  limits.cpu_s = 60;
  limits.wall_s = 120;
  limits.data_mib = 2048;
  limits.memory_mib = 2048;
  limits.processes = 256;
  limits.box_mib = 512;
  limits.file_mib = 256;
  return limits;
}

BoxLimits run_limits(const SandboxSpec& spec) {
  // V8 takes address space that it never fills, so that only what is really used can be limited, a little higher.
  constexpr int kEngineMib = 256;
  const bool is_node = spec.language == CodeLanguage::javascript || spec.language == CodeLanguage::typescript;
  BoxLimits limits;
  limits.cpu_s = spec.cpu_s;
  limits.wall_s = kWallPerCpu * spec.cpu_s;
  limits.data_mib = is_node ? 0 : spec.memory_mib;
  limits.memory_mib = spec.memory_mib + kEngineMib;
  return limits;
}

std::string cut(std::string_view text, std::size_t most) { return std::string(text.substr(0, most)); }

/// The end of what was written to standard error, or the limit that was passed.
std::string message_of(const BoxResult& result) {
  constexpr std::size_t kLongest = 300;
  if (!result.ended_by.empty()) return "passed its limit of " + result.ended_by;
  const std::string_view said = trim(result.err);
  return std::string(said.substr(said.size() - std::min(said.size(), kLongest)));
}

std::map<std::string, BoxFile> as_box_files(const CodeFiles& files, const SandboxSpec& spec) {
  std::map<std::string, BoxFile> boxed;
  for (const auto& [name, text] : files) boxed[name].bytes = text;
  if (spec.language == CodeLanguage::go && !boxed.contains("go.mod"))
    boxed["go.mod"].bytes = "module answer\n\ngo 1.21\n";
  return boxed;
}

std::string key_of(const SandboxSpec& spec, const CodeFiles& files) {
  Sha256 hash;
  const auto add = [&](std::string_view text) {
    hash.add(std::to_string(text.size()) + ":");
    hash.add(text);
  };
  add(code_language_name(spec.language));
  for (const auto& [name, text] : files) {
    add(name);
    add(text);
  }
  add(spec.driver ? spec.driver->name : "");
  add(spec.driver ? spec.driver->bytes : "");
  return hash.hex();
}

/// A candidate may write here what it likes, so nothing of it counts as its tree.
bool is_cache(std::string_view path) { return path.starts_with(".go-cache/"); }

}  // namespace

CodeSandbox::CodeSandbox(Sandbox sandbox, std::vector<std::string> tool_folders)
    : sandbox_(std::move(sandbox)), tool_folders_(std::move(tool_folders)) {}

const Toolchain& CodeSandbox::tools_for(CodeLanguage language) {
  const std::lock_guard lock(guard_);
  const auto found = tools_.find(language);
  if (found != tools_.end()) return found->second;
  return tools_[language] = find_toolchain(language, tool_folders_, sandbox_.support().drops_root);
}

std::string CodeSandbox::why_not(CodeLanguage language) {
  if (!sandbox_.is_usable()) return sandbox_.why_not();
  const Toolchain& tools = tools_for(language);
  return tools.missing.empty() ? "" : tools.missing + " is not installed";
}

BoxJob CodeSandbox::build_job(const SandboxSpec& spec, const CodeFiles& files, const std::string& script) {
  const Toolchain& tools = tools_for(spec.language);
  BoxJob job;
  job.command = {kShell, "-c", "set -e\n" + script};
  job.environment = box_environment(tools);
  job.files = as_box_files(files, spec);
  job.binds = tools.binds;
  job.limits = build_limits();
  return job;
}

CompileOutcome CodeSandbox::compile(const SandboxSpec& spec, const CodeFiles& files) {
  CompileOutcome outcome;
  outcome.not_run = why_not(spec.language);
  if (!outcome.not_run.empty()) return outcome;
  const std::string script = compile_script(spec, tools_for(spec.language), files);
  if (spec.language == CodeLanguage::go && !spec.driver) {
    const std::shared_ptr<const Build> built = build(spec, files);
    return {built->not_run, built->done, built->message};
  }
  if (script.empty()) return {"", true, ""};
  const std::string key = key_of(spec, files);
  {
    const std::lock_guard lock(guard_);
    if (const auto known = compiled_.find(key); known != compiled_.end()) return known->second;
  }
  const BoxResult result = sandbox_.run(build_job(spec, files, script));
  outcome.not_run = result.not_run;
  outcome.compiles = result.not_run.empty() && result.exit_status == 0;
  if (!outcome.compiles) {
    outcome.message = cut(result.ended_by.empty() ? result.err + result.out : message_of(result), kLongestMessage);
  }
  if (!result.not_run.empty()) return outcome;
  const std::lock_guard lock(guard_);
  if (compiled_.size() >= kMostBuilds) compiled_.clear();
  compiled_[key] = outcome;
  return outcome;
}

/// Go compiles the packages of its library itself, which takes longer than any answer: once for all of them.
const std::map<std::string, BoxFile>& CodeSandbox::go_packages() {
  std::call_once(go_once_, [this] {
    SandboxSpec spec;
    spec.language = CodeLanguage::go;
    std::string program = "package main\n\nimport (\n";
    for (const char* name : {"bufio", "bytes", "container/heap", "encoding/json", "errors", "fmt", "io", "maps", "math",
                             "os", "regexp", "slices", "sort", "strconv", "strings", "sync", "time", "unicode"}) {
      program += std::string("\t_ \"") + name + "\"\n";
    }
    program += ")\n\nfunc main() {}\n";
    BoxJob job = build_job(spec, {{"main.go", program}}, build_script(spec, tools_for(spec.language), {}));
    job.keep_all = true;
    BoxResult result = sandbox_.run(job);
    for (auto& [path, file] : result.files) {
      if (is_cache(path)) go_packages_[path] = std::move(file);
    }
  });
  return go_packages_;
}

CodeSandbox::Build CodeSandbox::build_anew(const SandboxSpec& spec, const CodeFiles& files) {
  Build built;
  CodeFiles all = files;
  if (spec.driver) all[spec.driver->name] = spec.driver->bytes;
  const std::string script = build_script(spec, tools_for(spec.language), files);
  if (script.empty()) {
    built.done = true;
    built.files = as_box_files(all, spec);
    return built;
  }
  BoxJob job = build_job(spec, all, script);
  const bool is_go = spec.language == CodeLanguage::go;
  if (is_go) {
    for (const auto& [path, file] : go_packages()) job.files[path] = file;
    job.show = {"main"};
    job.show_bytes = static_cast<std::size_t>(job.limits.file_mib) << 20;
  }
  job.keep_all = !is_go;
  BoxResult result = sandbox_.run(job);
  built.not_run = result.not_run;
  built.done = result.not_run.empty() && result.exit_status == 0;
  if (!built.done) {
    built.message = cut(result.ended_by.empty() ? result.err + result.out : message_of(result), kLongestMessage);
  }
  built.files = std::move(result.files);
  for (auto& [path, file] : as_box_files(all, spec)) built.files[path] = std::move(file);
  return built;
}

std::shared_ptr<const CodeSandbox::Build> CodeSandbox::build(const SandboxSpec& spec, const CodeFiles& files) {
  const std::string key = key_of(spec, files);
  {
    const std::lock_guard lock(guard_);
    const auto found = builds_.find(key);
    if (found != builds_.end()) return found->second;
  }
  auto built = std::make_shared<const Build>(build_anew(spec, files));
  const std::lock_guard lock(guard_);
  if (builds_.size() >= kMostBuilds) builds_.clear();
  builds_[key] = built;
  return built;
}

TestOutcome CodeSandbox::run_case(const SandboxSpec& spec, const CodeFiles& files, const Build& built,
                                  const TestCase& test, std::string& not_run) {
  const Toolchain& tools = tools_for(spec.language);
  BoxJob job;
  job.command = run_command(spec, tools, test);
  job.environment = box_environment(tools);
  job.stdin_text = run_input(spec, files, test);
  job.files = built.files;
  for (const auto& [name, text] : test.files) job.files[name] = {text, false};
  job.binds = tools.binds;
  job.limits = run_limits(spec);
  job.show = test.show;
  const BoxResult result = sandbox_.run(job);
  not_run = result.not_run;
  TestOutcome outcome{result.out, result.exit_status, message_of(result)};
  for (const std::string& name : test.show) {
    const auto file = result.files.find(name);
    outcome.output += "== " + name + "\n" + (file == result.files.end() ? "(none)" : file->second.bytes);
    if (!outcome.output.ends_with('\n')) outcome.output += '\n';
  }
  if (!test.tree) return outcome;
  outcome.output += "== tree\n";
  for (const std::string& path : result.tree) {
    if (!built.files.contains(path) || test.files.contains(path)) outcome.output.append(path).append("\n");
  }
  return outcome;
}

RunOutcome CodeSandbox::run(const SandboxSpec& spec, const CodeFiles& files, const std::vector<TestCase>& cases) {
  RunOutcome outcome;
  outcome.not_run = why_not(spec.language);
  if (!outcome.not_run.empty()) return outcome;
  const std::shared_ptr<const Build> built = build(spec, files);
  outcome.not_run = built->not_run;
  outcome.builds = built->done;
  outcome.message = built->message;
  if (!outcome.not_run.empty() || !outcome.builds) return outcome;
  outcome.runs.reserve(cases.size());
  for (const TestCase& test : cases) {
    outcome.runs.push_back(run_case(spec, files, *built, test, outcome.not_run));
    if (!outcome.not_run.empty()) break;
  }
  return outcome;
}

}  // namespace rigwise
