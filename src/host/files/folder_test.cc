#include "host/files/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "codec/sha256.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    base = fs::temp_directory_path() / ("rigwise_folder_" + std::to_string(getpid()));
    fs::remove_all(base);
    fs::create_directories(base);
  }
  void TearDown() override { fs::remove_all(base); }
  std::string at(const std::string& path) const { return (base / path).string(); }

  fs::path base;
};

const std::vector<FolderFile> kFiles = {{"README.md", "read me\n", false}, {"start/one.sh", "#!/bin/sh\n", true}};

TEST_F(Folder, AppearsWholeWithItsModes) {
  ASSERT_TRUE(write_folder(at("kit"), kFiles, false));
  EXPECT_EQ(read_file(at("kit/README.md")).value(), "read me\n");
  EXPECT_EQ(fs::status(at("kit/start/one.sh")).permissions(), static_cast<fs::perms>(0755));
  EXPECT_EQ(fs::status(at("kit/README.md")).permissions(), static_cast<fs::perms>(0644));
  EXPECT_EQ(std::distance(fs::directory_iterator(base), fs::directory_iterator()), 1) << "nothing is left beside it";
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
  EXPECT_TRUE(fs::is_empty(base));
}

TEST_F(Folder, IsReadableForServicesUnderAnyUmask) {
  const mode_t before = umask(077);
  const Result<void> written = write_folder(at("kit"), kFiles, false);
  umask(before);
  ASSERT_TRUE(written);
  for (const char* path : {"kit", "kit/start", "kit/start/one.sh"}) {
    EXPECT_EQ(fs::status(at(path)).permissions(), static_cast<fs::perms>(0755)) << path;
  }
  EXPECT_EQ(fs::status(at("kit/README.md")).permissions(), static_cast<fs::perms>(0644));
}

TEST_F(Folder, LosesWhatWasRememberedAndStaysAsItWas) {
  const std::vector<FolderFile> old = {
      {"README.md", "read me\n", false}, {"start/old.sh", "old\n", true}, {"start/mine.sh", "old\n", true}};
  ASSERT_TRUE(write_folder(at("kit"), old, false));
  ASSERT_TRUE(write_file_atomically(at("kit/start/mine.sh"), "mine\n"));
  ASSERT_TRUE(write_folder(at("kit"), {{"gone/deep/one", "x", false}}, true));
  fs::create_directories(at("elsewhere"));
  ASSERT_TRUE(write_file_atomically(at("elsewhere/file"), "x"));
  fs::create_directory_symlink(at("elsewhere"), at("kit/link"));
  const Result<RemovedFiles> done = remove_unchanged(at("kit"), {{"start/old.sh", sha256_hex("old\n")},
                                                                 {"start/mine.sh", sha256_hex("old\n")},
                                                                 {"gone/deep/one", sha256_hex("x")},
                                                                 {"never/was", sha256_hex("x")},
                                                                 {"link/file", sha256_hex("x")}});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->removed, (std::vector<std::string>{"start/old.sh", "gone/deep/one"}));
  EXPECT_EQ(done->kept, (std::vector<std::string>{"start/mine.sh", "link/file"})) << "changed, and not ours";
  EXPECT_FALSE(fs::exists(at("kit/gone"))) << "folders that are empty then go, too";
  EXPECT_EQ(read_file(at("kit/start/mine.sh")).value(), "mine\n");
  EXPECT_TRUE(fs::exists(at("elsewhere/file")));
  EXPECT_FALSE(remove_unchanged(at("kit"), {{"../elsewhere/file", sha256_hex("x")}}));
}

}  // namespace
}  // namespace rigwise
