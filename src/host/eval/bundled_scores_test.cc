#include <gtest/gtest.h>

#include <map>

#include "codec/grade_task.h"
#include "core/base/text.h"
#include "host/eval/pattern_matches.h"
#include "host/eval/task_folder.h"
#include "host/files/files.h"

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

TEST(BundledScores, AreReproducedWhereNoCodeIsRun) {
  const std::map<std::string, double> expected = expected_scores();
  ASSERT_GT(expected.size(), 800U);
  const Result<FoundTasks> found = find_tasks({kRoot + "/tasks"});
  ASSERT_TRUE(found);
  CheckTools tools;
  tools.count_matches = count_matches;
  int compared = 0;
  const auto compare = [&](const EvalTask& task, const std::string& name, const std::string& text) {
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
  for (const EvalTask& task : found->tasks) {
    if (task.needs_sandbox()) continue;
    compare(task, "reference", task.reference);
    compare(task, "echo", task.prompt);
    for (const TaskFile& answer : task.right) compare(task, "right " + answer.name, answer.bytes);
    for (const TaskFile& answer : task.wrong) compare(task, "wrong " + answer.name, answer.bytes);
    EXPECT_EQ(grade_task(task, read_transcript(task, "", tools.finder()), tools).score.total.value_or(-1), 0)
        << task.id;
  }
  EXPECT_GT(compared, 500);
}

}  // namespace
}  // namespace rigwise
