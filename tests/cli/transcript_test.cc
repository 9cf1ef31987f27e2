// Transcripts: commands and what they print, as text anyone can read (tests/cli/transcripts/*.test).
//
//   $ rigwise predict --model llama-3.1-8b ...     the command, run in the repository's root
//   what it prints on standard output
//   ! what it prints on standard error
//   [exit 2]                                        only when it is not 0
//
// They use the small frozen catalog in tests/catalog, so that a new device changes nothing here.
// RIGWISE_UPDATE=1 rewrites the expectations; read the diff before you commit it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace rigwise {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = RIGWISE_SOURCE_DIR;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> transcripts() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests/cli/transcripts")) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

struct Step {
  std::string comment, command, expected;
};

std::vector<Step> parse(const std::string& text) {
  std::vector<Step> steps;
  std::istringstream lines(text);
  std::string line, comment;
  while (std::getline(lines, line)) {
    if (line.rfind("$ ", 0) == 0) {
      steps.push_back({comment, line.substr(2), ""});
      comment.clear();
    } else if (line.rfind("# ", 0) == 0) {
      comment += line + "\n";
    } else if (!steps.empty() && !(line.empty() && comment.empty() && steps.back().expected.empty())) {
      steps.back().expected += line + "\n";
    }
  }
  for (Step& step : steps) {
    while (step.expected.size() >= 2 && step.expected.ends_with("\n\n")) step.expected.pop_back();
  }
  return steps;
}

std::string shell_quoted(const std::string& text) { return "'" + text + "'"; }

std::string run(const std::string& command) {
  const fs::path folder = fs::temp_directory_path() / ("rigwise-transcript-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const std::string program = shell_quoted(RIGWISE_BINARY) + " --base-catalog " + shell_quoted(kRoot / "tests/catalog");
  const std::string script = "cd " + shell_quoted(kRoot) + " && rigwise() { " + program +
                             " \"$@\"; } && unset RIGWISE_CATALOG && TMP_OUT=" + shell_quoted(folder) +
                             " && export TMP_OUT && { " + command + "\n} >" + shell_quoted(folder / "out") + " 2>" +
                             shell_quoted(folder / "err") + " </dev/null";
  const int status = std::system(script.c_str());
  std::string printed = slurp(folder / "out");
  if (!printed.empty() && printed.back() != '\n') printed += '\n';
  std::istringstream errors(slurp(folder / "err"));
  for (std::string error; std::getline(errors, error);) printed += "! " + error + "\n";
  fs::remove_all(folder);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (code != 0) printed += "[exit " + std::to_string(code) + "]\n";
  while (printed.ends_with("\n\n")) printed.pop_back();
  return printed;
}

class Transcript : public testing::TestWithParam<fs::path> {};

TEST_P(Transcript, PrintsWhatItSays) {
  const std::vector<Step> steps = parse(slurp(GetParam()));
  ASSERT_FALSE(steps.empty()) << GetParam() << " holds no command";
  std::string rewritten;
  for (const Step& step : steps) {
    const std::string printed = run(step.command);
    rewritten += step.comment + "$ " + step.command + "\n" + printed + "\n";
    if (std::getenv("RIGWISE_UPDATE") == nullptr) {
      EXPECT_EQ(printed, step.expected) << "$ " << step.command;
    }
  }
  if (std::getenv("RIGWISE_UPDATE") != nullptr) std::ofstream(GetParam(), std::ios::binary) << rewritten;
}

std::string test_name(const testing::TestParamInfo<fs::path>& transcript) {
  std::string name = transcript.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cli, Transcript, testing::ValuesIn(transcripts()), test_name);

}  // namespace
}  // namespace rigwise
