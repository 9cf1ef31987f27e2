#include "host/eval/task_save.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/eval/task_folder.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

TaskDraft draft_of(const std::string& id, const std::string& pattern = "42") {
  TaskDraft draft;
  draft.id = id;
  draft.settings = {{"title", "T"},           {"category", "content"},     {"kind", "text"},
                    {"difficulty", 1},        {"expects", {"the answer"}}, {"license", "Apache-2.0"},
                    {"created", "2026-11-22"}};
  draft.settings["check"] = Json::array({{{"type", "regex"}, {"pattern", pattern}}});
  draft.prompt = "What?";
  draft.reference = "42";
  return draft;
}

class TaskSave : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("rigwise-save-" + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "tasks");
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string tasks() const { return (root_ / "tasks").string(); }
  std::size_t files() const { return list_files(root_.string()).value_or(std::vector<std::string>{}).size(); }

  fs::path root_;
};

TEST_F(TaskSave, WhatIsSavedIsFoundAsATask) {
  const auto saved = save_task(tasks(), draft_of("manager/budget-line"));
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->file, "manager/budget-line.task.md");
  const auto found = find_tasks({tasks()});
  ASSERT_TRUE(found && found->tasks.size() == 1);
  EXPECT_EQ(found->tasks.front().id, "manager/budget-line");
  EXPECT_EQ(files(), 1U) << "and nothing else is left there";
}

TEST_F(TaskSave, NothingIsEverOverwritten) {
  ASSERT_FALSE(save_task(tasks(), draft_of("manager/a"))->is_taken);
  TaskDraft other = draft_of("manager/a");
  other.prompt = "Another?";
  EXPECT_TRUE(save_task(tasks(), other)->is_taken);
  EXPECT_NE(read_file(tasks() + "/manager/a.task.md")->find("What?"), std::string::npos);
  fs::create_directories(root_ / "tasks/manager/b");
  EXPECT_TRUE(save_task(tasks(), draft_of("manager/b"))->is_taken) << "a task in a folder has the name";
  fs::create_symlink(root_ / "elsewhere", root_ / "tasks/manager/c.task.md");
  EXPECT_TRUE(save_task(tasks(), draft_of("manager/c"))->is_taken) << "a link has the name";
  EXPECT_FALSE(fs::exists(root_ / "elsewhere"));
}

TEST_F(TaskSave, IdsThatLeaveTheFolderAreNoIds) {
  for (const char* id : {"../../manager/a", "manager/../../a", "/etc/a", "manager/a/b", "manager/.a", "manager/",
                         "nobody/a", "manager/A b", "manager/a\n"}) {
    const auto saved = save_task(tasks(), draft_of(id));
    ASSERT_TRUE(saved) << id;
    EXPECT_FALSE(saved->faults.empty()) << id;
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(TaskSave, ARoleThatIsALinkElsewhereIsRefused) {
  fs::create_directories(root_ / "outside");
  fs::create_directory_symlink(root_ / "outside", root_ / "tasks/manager");
  EXPECT_FALSE(save_task(tasks(), draft_of("manager/a")));
  EXPECT_EQ(files(), 0U);
}

TEST_F(TaskSave, PatternsAreTriedBeforeAnythingIsWritten) {
  const auto saved = save_task(tasks(), draft_of("manager/a", "(unclosed"));
  ASSERT_TRUE(saved);
  ASSERT_EQ(saved->faults.size(), 1U);
  EXPECT_EQ(saved->faults[0].key, "pattern");
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace rigwise
