#include "codec/eval_task_draft.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/toml_eval_task.h"

namespace rigwise {
namespace {

TaskDraft small_draft() {
  TaskDraft draft;
  draft.id = "manager/budget-line";
  draft.settings = Json::parse(R"({"title": "A \"line\"\tof\nthe budget", "category": "content", "kind": "code",
    "difficulty": 2, "expects": ["the sum"], "license": "Apache-2.0", "authors": [], "created": "2026-11-22",
    "sandbox": {"language": "python", "file": "answer.py"},
    "check": [{"type": "unit_test", "must": true, "case": [{"stdin": "3\n", "stdout": "9"}, {"stdout": ""}]},
              {"type": "number", "value": 1250.5, "label": "Total"},
              {"type": "keyword", "groups": [["net 30", "thirty days"], ["£"]]}]})");
  draft.prompt = "What is it?\n\nEnd with a line.";
  draft.reference = "```python\nprint(9)\n```\nTotal: 1250.5";
  draft.wrong = {{"skims", "0"}, {"guesses", "1\n"}};
  return draft;
}

TEST(EvalTaskDraft, ItsFileIsReadAsTheTerminalReadsIt) {
  const DraftedTask drafted = drafted_task(small_draft());
  ASSERT_TRUE(drafted.read.task) << drafted.read.faults.front().message << "\n" << drafted.text;
  const ReadTask read =
      read_eval_task({"manager/budget-line", "budget-line.task.md", true, {{"task.md", drafted.text}}});
  ASSERT_TRUE(read.task) << read.faults.front().message << "\n" << drafted.text;
  EXPECT_EQ(read.task->rev, drafted.read.task->rev);
  EXPECT_EQ(read.task->title, "A \"line\"\tof\nthe budget");
  EXPECT_EQ(read.task->canary, kTaskCanary);
  EXPECT_EQ(read.task->checks.size(), 3U);
  EXPECT_EQ(std::get<UnitTestCheck>(read.task->checks[0].body).cases[0].stdin_text, "3\n");
  EXPECT_EQ(read.task->wrong.size(), 2U);
  EXPECT_EQ(read.task->reference, "```python\nprint(9)\n```\nTotal: 1250.5\n");
}

TEST(EvalTaskDraft, FaultsAreThoseOfTheTerminal) {
  for (const char* change : {R"({"category": "contents"})", R"({"created": "2026-13-40"})", R"({"created": "soon"})",
                             R"({"difficulty": 9})", R"({"speed": 1})", R"({"check": []})",
                             R"({"check": [{"type": "number", "value": "many"}]})", R"({"sandbox": {}})"}) {
    TaskDraft draft = small_draft();
    draft.settings.update(Json::parse(change));
    const DraftedTask drafted = drafted_task(draft);
    const ReadTask read = read_eval_task({draft.id, draft.id + ".task.md", true, {{"task.md", drafted.text}}});
    ASSERT_FALSE(read.task) << change;
    ASSERT_EQ(drafted.read.faults.size(), read.faults.size()) << change << "\n" << drafted.text;
    for (std::size_t i = 0; i < read.faults.size(); ++i) {
      EXPECT_EQ(drafted.read.faults[i].key, read.faults[i].key) << change;
      EXPECT_EQ(drafted.read.faults[i].message, read.faults[i].message) << change;
    }
  }
}

TEST(EvalTaskDraft, AFileThatWouldSaySomethingElseIsAFault) {
  const auto keys_of = [](const TaskDraft& draft) {
    std::vector<std::string> keys;
    for (const Diagnostic& fault : drafted_task(draft).read.faults) keys.push_back(fault.key);
    return keys;
  };
  TaskDraft draft = small_draft();
  draft.prompt += "\n+++ wrong inside\nsmuggled";
  EXPECT_EQ(keys_of(draft), (std::vector<std::string>{"prompt", "wrong"}));
  draft = small_draft();
  draft.wrong[0].name = "Not A Name";
  EXPECT_FALSE(keys_of(draft).empty());
  draft = small_draft();
  draft.wrong[1].name = draft.wrong[0].name;
  EXPECT_FALSE(keys_of(draft).empty());
  draft = small_draft();
  draft.prompt = "Write a +++ and a line with + + +\n ++++\n +++ is indented";
  EXPECT_TRUE(keys_of(draft).empty());
}

TEST(EvalTaskDraft, TomlOfJsonComesBackForEveryBundledTask) {
  int tried = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(RIGWISE_SOURCE_DIR "/tasks")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".task.md") && name != "task.toml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string settings = name == "task.toml" ? text.str() : split_task_file(text.str()).settings;
    const Result<TomlJson> read = parse_toml_json(settings, name, "");
    ASSERT_TRUE(read) << entry.path();
    const std::string written = toml_of_json(read->object, {read->dates.begin(), read->dates.end()});
    const Result<TomlJson> again = parse_toml_json(written, name, "");
    ASSERT_TRUE(again) << entry.path() << "\n" << again.error().message << "\n" << written;
    EXPECT_EQ(nlohmann::json(again->object), nlohmann::json(read->object)) << entry.path();
    EXPECT_EQ(again->dates, read->dates) << entry.path();
    ++tried;
  }
  EXPECT_GT(tried, 140);
}

}  // namespace
}  // namespace rigwise
