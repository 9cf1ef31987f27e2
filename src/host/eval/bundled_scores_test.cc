#include <gtest/gtest.h>

#include <map>

#include "codec/grade_task.h"
#include "core/base/text.h"
#include "host/eval/pattern_matches.h"
#include "host/eval/task_folder.h"
#include "host/files/files.h"
#include "host/sandbox/code_sandbox.h"

namespace rigwise {
namespace {

const std::string kRoot = RIGWISE_SOURCE_DIR;

/// "task,answer" -> score, as another implementation of docs/tasks.md computed them.
std::map<std::string, double> expected_scores() {
  std::map<std::string, double> scores;
  const Result<std::string> text = read_file(kRoot + "/tests/tasks/scores.csv");
  if (!text) return scores;
  for (const std::string_view line : split(*text, '\n')) {
    const std::size_t comma = line.rfind(',');
    if (comma == std::string_view::npos) continue;
    const Result<double> score = parse_number(line.substr(comma + 1));
    if (score) scores[std::string(line.substr(0, comma))] = *score;
  }
  return scores;
}

/// Grades every answer of a task and holds the scores to those of the file; how many there were.
int compare(const EvalTask& task, const CheckTools& tools, const std::map<std::string, double>& expected) {
  int compared = 0;
  const auto grade_one = [&](const std::string& name, const std::string& text) {
    const auto row = expected.find(task.id + "," + name);
    ASSERT_NE(row, expected.end()) << task.id << " " << name;
    const TaskGrade grade = grade_task(task, read_transcript(task, text, tools.finder()), tools);
    ++compared;
    std::string notes;
    for (std::size_t i = 0; i < grade.checks.size(); ++i) {
      notes += grade.checks[i].name + " " + std::to_string(grade.checks[i].value) + " " + grade.notes[i] + "\n";
    }
    EXPECT_NEAR(grade.score.total.value_or(-1), row->second, 1e-6) << task.id << " " << name << "\n" << notes;
  };
  grade_one("reference", task.reference);
  grade_one("echo", task.prompt);
  for (const TaskFile& answer : task.right) grade_one("right " + answer.name, answer.bytes);
  for (const TaskFile& answer : task.wrong) grade_one("wrong " + answer.name, answer.bytes);
  EXPECT_EQ(grade_task(task, read_transcript(task, "", tools.finder()), tools).score.total.value_or(-1), 0) << task.id;
  return compared;
}

TEST(BundledScores, AreReproducedWhereNoCodeIsRun) {
  const std::map<std::string, double> expected = expected_scores();
  ASSERT_GT(expected.size(), 800U);
  const Result<FoundTasks> found = find_tasks({kRoot + "/tasks"});
  ASSERT_TRUE(found);
  CheckTools tools;
  tools.count_matches = count_matches;
  int compared = 0;
  for (const EvalTask& task : found->tasks) compared += task.needs_sandbox() ? 0 : compare(task, tools, expected);
  EXPECT_GT(compared, 500);
}

/// By language, so that each is a test of its own and they run side by side.
class BundledCodeScores : public testing::TestWithParam<CodeLanguage> {};

TEST_P(BundledCodeScores, AreReproducedInTheSandbox) {
  static CodeSandbox code(Sandbox(probe_sandbox()), {kRoot + "/web/node_modules/.bin"});
  if (const std::string why = code.why_not(GetParam()); !why.empty()) GTEST_SKIP() << why;
  const std::map<std::string, double> expected = expected_scores();
  const Result<FoundTasks> found = find_tasks({kRoot + "/tasks"});
  ASSERT_TRUE(found);
  CheckTools tools;
  tools.count_matches = count_matches;
  tools.code = &code;
  int compared = 0;
  for (const EvalTask& task : found->tasks) {
    if (task.sandbox && task.sandbox->language == GetParam()) compared += compare(task, tools, expected);
  }
  EXPECT_GE(compared, 5);
}

INSTANTIATE_TEST_SUITE_P(Languages, BundledCodeScores,
                         testing::Values(CodeLanguage::cpp, CodeLanguage::python, CodeLanguage::javascript,
                                         CodeLanguage::typescript, CodeLanguage::bash, CodeLanguage::sql,
                                         CodeLanguage::go, CodeLanguage::text),
                         [](const auto& test) { return std::string(code_language_name(test.param)); });

}  // namespace
}  // namespace rigwise
