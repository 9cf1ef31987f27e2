#include "host/sandbox/toolchain.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/base/text.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

using Command = std::vector<std::string>;

/// What every box can read anyway.
bool is_system_path(const fs::path& path) {
  const std::string text = path.string();
  return text.starts_with("/usr/bin/") || text.starts_with("/usr/lib/") || text.starts_with("/usr/share/");
}

bool readable_by_others(const fs::path& path) {
  fs::path above;
  for (const fs::path& part : path) {
    above /= part;
    struct stat about{};
    constexpr mode_t kOthers = S_IXOTH;
    if (::stat(above.c_str(), &about) != 0 || (about.st_mode & kOthers) == 0) return false;
  }
  return true;
}

std::vector<std::string> folders_to_search(const std::vector<std::string>& more) {
  std::vector<std::string> folders = {"/usr/local/go/bin", "/usr/bin", "/usr/local/bin"};
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path == nullptr ? "" : path, ':')) {
    // A shim asks its version manager, which is not in the box.
    if (folder.starts_with('/') && folder.find("/shims") == std::string_view::npos) folders.emplace_back(folder);
  }
  folders.insert(folders.end(), more.begin(), more.end());
  return folders;
}

struct Found {
  std::string path;  ///< with links followed
  std::string home;  ///< what it needs beside the system's folders: above its bin/
};

Found find_tool(const std::string& name, const std::vector<std::string>& folders, bool by_others) {
  for (const std::string& folder : folders) {
    std::error_code failed;
    const fs::path real = fs::canonical(fs::path(folder) / name, failed);
    if (failed || ::access(real.c_str(), X_OK) != 0) continue;
    if (is_system_path(real)) return {(fs::path(folder) / name).string(), ""};
    if (by_others && !readable_by_others(real)) continue;
    const fs::path home = real.parent_path().parent_path();
    // A program right below the root or a home would open all of it.
    const auto depth = std::distance(home.begin(), home.end());
    if (depth >= 3) return {real.string(), home.string()};
  }
  return {};
}

std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string_view suffix_of(CodeLanguage language) {
  switch (language) {
    case CodeLanguage::cpp: return ".cc";
    case CodeLanguage::python: return ".py";
    case CodeLanguage::javascript: return ".js";
    case CodeLanguage::typescript: return ".ts";
    case CodeLanguage::bash: return ".sh";
    case CodeLanguage::go: return ".go";
    default: return "";
  }
}

/// Files of the language at the top of the folder, as words of a shell.
std::vector<std::string> sources_of(const SandboxSpec& spec, const CodeFiles& files, bool with_driver) {
  std::vector<std::string> names;
  const std::string_view suffix = suffix_of(spec.language);
  for (const auto& [name, text] : files) {
    if (!suffix.empty() && name.ends_with(suffix) && name.find('/') == std::string::npos) names.push_back(name);
  }
  if (with_driver && spec.driver && !suffix.empty() && spec.driver->name.ends_with(suffix)) {
    names.push_back(spec.driver->name);
  }
  std::sort(names.begin(), names.end());
  for (std::string& name : names) name = shell_word("./" + name);
  return names;
}

/// The same command for each file, one after the other.
std::string for_each_file(const std::string& command, const std::vector<std::string>& files) {
  std::string script;
  for (const std::string& file : files) script.append(command).append(" ").append(file).append("\n");
  return script;
}

std::string typescript_line(const Toolchain& tools, const std::vector<std::string>& files) {
  return shell_word(tools.second) + " " + shell_word(tools.main) +
         " --strict --target es2022 --module commonjs --lib es2022 " + join(files, " ") + "\n";
}

std::string checks_of_files(CodeLanguage language, const Toolchain& tools, const std::vector<std::string>& files) {
  const std::string tool = shell_word(tools.main);
  if (language == CodeLanguage::python) return for_each_file(tool + " -E -s -m py_compile", files);
  if (language == CodeLanguage::javascript) return for_each_file(tool + " --check", files);
  if (language == CodeLanguage::bash) return for_each_file(tool + " -n", files);
  if (language == CodeLanguage::typescript && !files.empty()) return typescript_line(tools, files);
  return "";
}

const std::string& main_file(const SandboxSpec& spec) { return spec.driver ? spec.driver->name : spec.files.front(); }

}  // namespace

Toolchain find_toolchain(CodeLanguage language, const std::vector<std::string>& more, bool by_others) {
  static const std::vector<Command> kNames = {{"g++"},  {"python3"}, {"node"},        {"tsc", "node"},
                                              {"bash"}, {"sqlite3"}, {"go", "gofmt"}, {"python3"}};
  Toolchain tools;
  tools.path = "/usr/bin:/bin";
  const std::vector<std::string> folders = folders_to_search(more);
  for (const std::string& name : kNames[static_cast<std::size_t>(language)]) {
    const Found found = find_tool(name, folders, by_others);
    if (found.path.empty() && tools.missing.empty()) tools.missing = name;
    (tools.main.empty() ? tools.main : tools.second) = found.path;
    if (found.home.empty()) continue;
    tools.binds.push_back(found.home);
    tools.path = fs::path(found.path).parent_path().string() + ":" + tools.path;
  }
  return tools;
}

std::string compile_script(const SandboxSpec& spec, const Toolchain& tools, const CodeFiles& files) {
  const bool is_whole_program = spec.language == CodeLanguage::go && !spec.driver;
  if (is_whole_program) return build_script(spec, tools, files);
  const std::vector<std::string> own = sources_of(spec, files, false);
  if (spec.language == CodeLanguage::cpp)
    return for_each_file(shell_word(tools.main) + " -std=c++20 -fsyntax-only", own);
  if (spec.language == CodeLanguage::go) return shell_word(tools.second) + " -l " + join(own, " ") + "\n";
  return checks_of_files(spec.language, tools, own);
}

std::string build_script(const SandboxSpec& spec, const Toolchain& tools, const CodeFiles& files) {
  const std::vector<std::string> all = sources_of(spec, files, true);
  if (spec.language == CodeLanguage::cpp) {
    return shell_word(tools.main) + " -std=c++20 -O1 -o main " + join(all, " ") + "\n";
  }
  if (spec.language == CodeLanguage::go) return shell_word(tools.main) + " build -o main .\n";
  return checks_of_files(spec.language, tools, all);
}

std::vector<std::string> run_command(const SandboxSpec& spec, const Toolchain& tools, const TestCase& test) {
  std::vector<std::string> command;
  const std::string& file = main_file(spec);
  switch (spec.language) {
    case CodeLanguage::cpp:
    case CodeLanguage::go: command = {"./main"}; break;
    case CodeLanguage::sql: return {tools.main, "-safe", "-batch", "-bail", "-list", "-nullvalue", "NULL", ":memory:"};
    case CodeLanguage::javascript:
    case CodeLanguage::bash: command = {tools.main, file}; break;
    case CodeLanguage::typescript: command = {tools.second, file.substr(0, file.find_last_of('.')) + ".js"}; break;
    default: command = {tools.main, "-E", "-s", "-B", file};
  }
  command.insert(command.end(), test.args.begin(), test.args.end());
  return command;
}

std::string run_input(const SandboxSpec& spec, const CodeFiles& files, const TestCase& test) {
  if (spec.language != CodeLanguage::sql) return test.stdin_text;
  const auto answer = files.find(main_file(spec));
  return test.stdin_text + "\n;\n" + (answer == files.end() ? "" : answer->second) + "\n;\n" + test.after + "\n";
}

std::map<std::string, std::string> box_environment(const Toolchain& tools) {
  return {{"PATH", tools.path},
          {"HOME", "/tmp"},
          {"TMPDIR", "/tmp"},
          {"LC_ALL", "C.UTF-8"},
          {"TZ", "UTC"},
          {"PYTHONHASHSEED", "0"},
          {"PYTHONDONTWRITEBYTECODE", "1"},
          {"GOCACHE", "/box/.go-cache"},
          {"GOPATH", "/tmp/go"},
          {"GOFLAGS", "-mod=mod"},
          {"GOTOOLCHAIN", "local"},
          {"GOPROXY", "off"},
          {"CGO_ENABLED", "0"}};
}

}  // namespace rigwise
