#include "host/eval/bundled_tasks.h"

#include <gtest/gtest.h>

#include "host/eval/task_folder.h"
#include "host/store/packed_bytes.h"

namespace rigwise {
namespace {

TEST(TaskBundle, GivesBackTheFilesThatWerePut) {
  const BundledFiles files = {
      {"role/a.task.md", "+++\n"}, {"role/b/task.toml", ""}, {"role/b/files/p.png", {"\0\n7 x", 5}}};
  const Result<BundledFiles> read = read_task_bundle(write_task_bundle(files));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, files);
}

TEST(TaskBundle, OneThatIsDamagedOrOfAnotherVersionIsRefused) {
  const std::string good = write_task_bundle({{"role/a.task.md", "text of some length"}});
  EXPECT_FALSE(read_task_bundle(good.substr(0, good.size() - 1)));
  EXPECT_FALSE(read_task_bundle(""));
  for (const char* text :
       {"rigwise-tasks/2\n", "rigwise-tasks/1\n9 a\nx", "rigwise-tasks/1\n3", "rigwise-tasks/1\n-1 a\n"})
    EXPECT_FALSE(read_task_bundle(pack_bytes(text))) << text;
}

TEST(TaskBundle, TheBinaryCarriesTheVeryTasksOfTheRepository) {
  const Result<FoundTasks> carried = find_tasks({std::string(kBundledTasks)});
  const Result<FoundTasks> lying = find_tasks({std::string(RIGWISE_SOURCE_DIR) + "/tasks"});
  ASSERT_TRUE(carried && lying);
  EXPECT_TRUE(carried->faults.empty());
  ASSERT_EQ(carried->tasks.size(), lying->tasks.size());
  for (std::size_t i = 0; i < carried->tasks.size(); ++i) {
    EXPECT_EQ(carried->tasks[i].id, lying->tasks[i].id);
    EXPECT_EQ(carried->tasks[i].rev, lying->tasks[i].rev) << carried->tasks[i].id;
  }
}

TEST(TaskBundle, StandsBesideAFolderOfOnesOwn) {
  const Result<FoundTasks> twice =
      find_tasks({std::string(kBundledTasks), std::string(kBundledTasks)}, {{"manager/"}, {}, {}});
  ASSERT_TRUE(twice);
  EXPECT_TRUE(twice->faults.empty());
  const std::string own = std::string(RIGWISE_SOURCE_DIR) + "/tasks";
  const std::string bundled(kBundledTasks);
  for (const auto& folders : {std::vector{bundled, own}, std::vector{own, bundled}}) {
    const Result<FoundTasks> same_ids = find_tasks(folders, {{"manager/five-slides"}, {}, {}});
    ASSERT_TRUE(same_ids);
    EXPECT_TRUE(same_ids->broken.empty());
    EXPECT_EQ(same_ids->tasks.size(), 1U);
    EXPECT_EQ(same_ids->bundled, 0U) << "one's own stands in the place of the bundled one";
    EXPECT_EQ(same_ids->replaced, 1U);
  }
}

TEST(TaskBundle, AFolderSaysWhatItGoesWithout) {
  const std::string repository = std::string(RIGWISE_SOURCE_DIR) + "/tasks";
  EXPECT_EQ(bundled_tasks_not_in(repository), 0U);
  const std::size_t all = find_tasks({std::string(kBundledTasks)})->tasks.size();
  EXPECT_EQ(bundled_tasks_not_in(repository + "/manager/five-slides.task.md"), all - 1);
}

}  // namespace
}  // namespace rigwise
