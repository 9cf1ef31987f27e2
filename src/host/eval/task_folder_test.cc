#include "host/eval/task_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

const std::string kBundled = std::string(RIGWISE_SOURCE_DIR) + "/tasks";

std::string words_of(const std::vector<Diagnostic>& faults) {
  std::string words;
  for (const Diagnostic& f : faults) {
    words += f.file + ":" + std::to_string(f.line) + " " + f.key + ": " + f.message + " (" + f.try_this + ")\n";
  }
  return words;
}

class TaskFolder : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("rigwise-tasks-" + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "manager");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    ASSERT_TRUE(write_file_atomically((root_ / path).string(), text));
  }
  FoundTasks found(const TaskFilter& filter = {}) {
    Result<FoundTasks> tasks = find_tasks({root_.string()}, filter);
    EXPECT_TRUE(tasks);
    return tasks.value_or(FoundTasks{});
  }
  static std::string single(const std::string& change = "",
                            const std::string& check = "type = \"keyword\"\nall = [\"42\"]\n") {
    return "+++\nschema = 1\ntitle = \"T\"\ncategory = \"reasoning\"\nkind = \"text\"\ndifficulty = 1\n"
           "expects = [\"42\"]\nlicense = \"Apache-2.0\"\ncreated = 2026-11-22\ncanary = \"c\"\n" +
           change + "[[check]]\n" + check + "+++\nWhat?\n+++ reference\n42\n+++ wrong one\n1\n";
  }

  fs::path root_;
};

TEST_F(TaskFolder, ReadsEveryBundledTask) {
  const Result<FoundTasks> tasks = find_tasks({kBundled});
  ASSERT_TRUE(tasks);
  EXPECT_EQ(words_of(tasks->faults), "");
  EXPECT_GE(tasks->tasks.size(), 150U);
  std::set<std::string> revisions, roles;
  for (const EvalTask& task : tasks->tasks) {
    revisions.insert(task.rev);
    roles.insert(task.role);
    EXPECT_GE(task.wrong.size(), 3U) << task.id;
    EXPECT_FALSE(task.checks.empty()) << task.id;
  }
  EXPECT_EQ(revisions.size(), tasks->tasks.size());
  EXPECT_EQ(roles.size(), task_roles().size());
}

TEST_F(TaskFolder, TakesByIdRoleAndCategory) {
  TaskFilter filter;
  filter.roles = {"accountant"};
  filter.categories = {"erp-integration"};
  const Result<FoundTasks> some = find_tasks({kBundled}, filter);
  ASSERT_TRUE(some);
  EXPECT_EQ(some->tasks.size(), 7U);  // tasks/README.md
  filter = {};
  filter.ids = {"developer/cents"};
  EXPECT_EQ(find_tasks({kBundled}, filter)->tasks.size(), 1U);
  filter = {};
  filter.roles = {"acountant"};
  const Result<FoundTasks> none = find_tasks({kBundled}, filter);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().did_you_mean.at(0), "accountant");
}

TEST_F(TaskFolder, OneBrokenTaskStopsNoOther) {
  write("manager/good.task.md", single());
  write("manager/bad.task.md", "no marks");
  write("manager/worse/task.toml", "schema = \n");
  const FoundTasks tasks = found();
  ASSERT_EQ(tasks.tasks.size(), 1U);
  EXPECT_EQ(tasks.tasks[0].id, "manager/good");
  EXPECT_EQ(tasks.tasks[0].prompt, "What?\n");
  EXPECT_EQ(tasks.broken, (std::vector<std::string>{"manager/bad", "manager/worse"}));
}

TEST_F(TaskFolder, NamesTheLineAndTheNearestKey) {
  write("manager/a.task.md", single("titel = \"x\"\n"));
  write("manager/b.task.md", single("", "type = \"keyword\"\nall = [\"4\"]\nweigth = 2\n"));
  write("manager/c.task.md", single("pass = 1.5\n"));
  const std::string words = words_of(found().faults);
  EXPECT_NE(words.find("a.task.md:11 titel: unknown key \"titel\" (did you mean title"), std::string::npos) << words;
  EXPECT_NE(words.find("b.task.md:14 check[0].weigth: unknown key \"weigth\" (did you mean weight"), std::string::npos)
      << words;
  EXPECT_NE(words.find("c.task.md:11 pass: \"pass\" is 1.5 (a number from 0 to 1)"), std::string::npos) << words;
}

TEST_F(TaskFolder, RefusesWhatCannotBeScored) {
  write("manager/a.task.md", single("", "type = \"regex\"\npattern = '(?=x)'\n"));
  write("manager/b.task.md", single("", "type = \"compile\"\n"));
  write("manager/c.task.md", single("", "type = \"length\"\nmax_words = 3\n"));
  write("manager/d.task.md", single("", "type = \"choice\"\noptions = [\"A\"]\nanswer = \"B\"\n"));
  write("manager/e.task.md", single("", "type = \"json_schema\"\nschema = '{\"anyOf\": []}'\n"));
  write("manager/f.task.md", single("images = [\"../x.png\"]\n"));
  const FoundTasks tasks = found();
  EXPECT_TRUE(tasks.tasks.empty());
  const std::string words = words_of(tasks.faults);
  for (const char* said : {"(?=x)", "compile: needs [sandbox]", "no check of the content", "none of the options",
                           "\"anyOf\" is not used", "leaves the task's folder"}) {
    EXPECT_NE(words.find(said), std::string::npos) << said << "\n" << words;
  }
}

TEST_F(TaskFolder, FollowsNoLinkOutOfATask) {
  write("secret.md", "secret");
  write("manager/t/prompt.md", "What?");
  write("manager/t/task.toml", "schema = 1");
  fs::create_symlink(root_ / "secret.md", root_ / "manager/t/reference.md");
  const std::string words = words_of(found().faults);
  EXPECT_NE(words.find("reference.md:0 : the link leads out"), std::string::npos) << words;
}

TEST_F(TaskFolder, ARevisionIsOfTheContentAlone) {
  write("manager/a.task.md", single());
  const std::string before = found().tasks.at(0).rev;
  std::string windows;
  for (const char c : single()) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  write("manager/a.task.md", windows);
  EXPECT_EQ(found().tasks.at(0).rev, before);
  EXPECT_EQ(found().tasks.at(0).prompt, "What?\n");
  write("manager/a.task.md", single() + "\n+++ wrong two\n2\n");
  EXPECT_NE(found().tasks.at(0).rev, before);
}

}  // namespace
}  // namespace rigwise
