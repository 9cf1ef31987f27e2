#include "host/bench/saved_runs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace rigwise {
namespace {

class SavedRuns : public testing::Test {
 protected:
  SavedRuns() : folder_((std::filesystem::temp_directory_path() / ("rigwise-runs-" + std::to_string(::getpid())))) {}
  ~SavedRuns() override { std::filesystem::remove_all(folder_); }
  std::string saved(const char* at, const char* run) {
    const Result<std::string> name = save_run(
        folder_,
        {{"schema", "rigwise.bench/1"}, {"measured_at", at}, {"load", {{"run", run}}}, {"levels", Json::array()}});
    EXPECT_TRUE(name);
    return name.value_or("");
  }
  std::string folder_;
};

TEST_F(SavedRuns, AreNamedByTheirTimeAndListedTheNewestFirst) {
  EXPECT_EQ(saved("2026-11-22T10:05:09Z", "aabbccddee"), "20261122-100509-ccddee");
  saved("2026-11-23T09:00:00Z", "1122334455");
  std::ofstream(folder_ + "/broken.json") << "{";
  const auto runs = saved_runs(folder_);
  ASSERT_TRUE(runs);
  ASSERT_EQ(runs->size(), 3U);
  EXPECT_EQ((*runs)[0].name, "broken");
  EXPECT_FALSE((*runs)[0].fault.empty());
  EXPECT_EQ((*runs)[1].name, "20261123-090000-334455");
}

TEST_F(SavedRuns, NoneReplacesAnother) {
  const std::string first = saved("2026-11-22T10:05:09Z", "r"), second = saved("2026-11-22T10:05:09Z", "r");
  EXPECT_EQ(second, first + "-2");
  EXPECT_EQ(saved_runs(folder_)->size(), 2U);
}

TEST_F(SavedRuns, AreFoundByFileNameBeginningAndLast) {
  EXPECT_FALSE(saved_run_file(folder_, "last"));
  const std::string first = saved("2026-11-22T10:05:09Z", "r"), second = saved("2026-11-23T10:05:09Z", "r");
  const std::string path = *saved_run_file(folder_, first);
  EXPECT_EQ(*saved_run_file(folder_, path), path);
  EXPECT_EQ(*saved_run_file(folder_, "20261122"), path);
  EXPECT_EQ(*saved_run_file(folder_, "last"), *saved_run_file(folder_, second));
  EXPECT_FALSE(saved_run_file(folder_, "202611"));
  const Result<std::string> slip = saved_run_file(folder_, "20261122-100508-r");
  ASSERT_FALSE(slip);
  EXPECT_FALSE(slip.error().did_you_mean.empty());
}

TEST_F(SavedRuns, AFolderThatIsNotThereHoldsNone) { EXPECT_TRUE(saved_runs(folder_ + "/nowhere")->empty()); }

}  // namespace
}  // namespace rigwise
