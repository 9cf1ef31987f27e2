#include "host/files/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    base_ = fs::temp_directory_path() / ("rigwise_folder_" + std::to_string(getpid()));
    fs::remove_all(base_);
    fs::create_directories(base_);
  }
  void TearDown() override { fs::remove_all(base_); }
  std::string at(const std::string& path) const { return (base_ / path).string(); }

  fs::path base_;
};

const std::vector<FolderFile> kFiles = {{"README.md", "read me\n", false}, {"start/one.sh", "#!/bin/sh\n", true}};

TEST_F(Folder, AppearsWholeWithItsModes) {
  ASSERT_TRUE(write_folder(at("kit"), kFiles, false));
  EXPECT_EQ(read_file(at("kit/README.md")).value(), "read me\n");
  EXPECT_EQ(fs::status(at("kit/start/one.sh")).permissions(), static_cast<fs::perms>(0755));
  EXPECT_EQ(fs::status(at("kit/README.md")).permissions(), static_cast<fs::perms>(0644));
  EXPECT_EQ(std::distance(fs::directory_iterator(base_), fs::directory_iterator()), 1) << "nothing is left beside it";
}

TEST_F(Folder, ThatIsThereIsWrittenOverOnlyWhenAsked) {
  fs::create_directories(at("kit"));
  ASSERT_TRUE(write_folder(at("kit/"), kFiles, false)) << "an empty one holds nothing to lose";
  ASSERT_TRUE(write_file_atomically(at("kit/mine.txt"), "mine"));
  const Result<void> refused = write_folder(at("kit"), kFiles, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  ASSERT_TRUE(write_folder(at("kit"), {{"README.md", "new\n", false}}, true));
  EXPECT_EQ(read_file(at("kit/README.md")).value(), "new\n");
  EXPECT_EQ(read_file(at("kit/mine.txt")).value(), "mine") << "what is not the kit's stays";
}

TEST_F(Folder, RefusesPathsThatLeadOutAndLeavesNothing) {
  EXPECT_FALSE(write_folder(at("kit"), {{"ok", "", false}, {"../out", "x", false}}, false));
  EXPECT_FALSE(write_folder(at("kit"), {{"/etc/out", "x", false}}, false));
  EXPECT_TRUE(fs::is_empty(base_));
}

}  // namespace
}  // namespace rigwise
