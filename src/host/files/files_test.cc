#include "host/files/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace rigwise {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("rigwise-files-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST_F(Files, WhatIsWrittenIsReadBack) {
  const std::string text = std::string("bytes \0 and\r\n lines", 19) + std::string(300'000, 'x');
  ASSERT_TRUE(make_folder(path("new/deep")).has_value());
  ASSERT_TRUE(write_file_atomically(path("new/deep/f"), text).has_value());
  EXPECT_EQ(read_file(path("new/deep/f")).value(), text);
  EXPECT_EQ(read_file_start(path("new/deep/f"), 5).value(), "bytes");
  ASSERT_TRUE(write_file_atomically(path("new/deep/f"), "short").has_value());
  EXPECT_EQ(read_file(path("new/deep/f")).value(), "short");
}

TEST_F(Files, AFileIsMadeOnceAndNeverOverAnything) {
  EXPECT_TRUE(create_file(path("f"), "first").value());
  EXPECT_FALSE(create_file(path("f"), "second").value());
  EXPECT_EQ(read_file(path("f")).value(), "first");
  fs::create_directory(folder_ / "taken");
  EXPECT_FALSE(create_file(path("taken"), "x").value());
  fs::create_symlink(folder_ / "elsewhere", folder_ / "link");
  EXPECT_FALSE(create_file(path("link"), "x").value()) << "a link that leads nowhere has the name";
  EXPECT_EQ(list_files(folder_.string()).value(), std::vector<std::string>{"f"}) << "and nothing is left behind";
  EXPECT_FALSE(create_file(path("no/such/f"), "x"));
}

TEST_F(Files, AnAtomicWriteLeavesNothingElseBehind) {
  ASSERT_TRUE(write_file_atomically(path("f"), "1").has_value());
  fs::create_directory(folder_ / "taken");
  EXPECT_FALSE(write_file_atomically(path("taken"), "2").has_value()) << "a folder has the name";
  EXPECT_EQ(list_files(folder_.string()).value(), std::vector<std::string>{"f"});
}

TEST_F(Files, WhatIsWrittenInPartsIsThereWholeOrNotAtAll) {
  ASSERT_TRUE(write_file_atomically(path("f"), "before").has_value());
  const std::string part(50'000, 'x');
  const auto refused = write_file_in_parts(path("f"), [&](const WritePart& write) -> Result<void> {
    if (!write(part) || !write(part)) return {};
    return invalid("no more");
  });
  EXPECT_FALSE(refused.has_value());
  EXPECT_EQ(read_file(path("f")).value(), "before");
  EXPECT_EQ(list_files(folder_.string()).value(), std::vector<std::string>{"f"});
  ASSERT_TRUE(write_file_in_parts(path("f"), [&](const WritePart& write) -> Result<void> {
                for (int i = 0; i < 3; ++i) {
                  if (Result<void> written = write(part); !written) return written;
                }
                return {};
              }).has_value());
  EXPECT_EQ(file_size(path("f")).value(), 150'000U);
}

TEST_F(Files, AWriteThroughALinkReplacesWhatItPointsTo) {
  ASSERT_TRUE(write_file_atomically(path("real"), "old").has_value());
  fs::create_symlink(folder_ / "real", folder_ / "link");
  ASSERT_TRUE(write_file_atomically(path("link"), "new").has_value());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(path("real")).value(), "new");
}

TEST_F(Files, ADeviceIsWrittenThroughAndNeverReplaced) {
  EXPECT_FALSE(write_file_atomically("/dev/full", std::string(100'000, 'x')).has_value());
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  ASSERT_TRUE(write_file_atomically("/dev/null", "gone").has_value());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Files, AFolderNobodyMadeIsNotMadeBySurprise) {
  EXPECT_FALSE(write_file_atomically(path("nowhere/f"), "1").has_value());
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
}

TEST_F(Files, ErrorsQuoteThePathAndTheReason) {
  const auto missing = read_file(path("nowhere"));
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_EQ(missing.error().message, "cannot read \"" + path("nowhere") + "\": No such file or directory");
  const auto folder = read_file(folder_.string());
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().message.find("Is a directory"), std::string::npos);
  EXPECT_FALSE(list_files(path("nowhere")).has_value());
}

TEST_F(Files, TheWorldsFailureIsNotTheUsersMistake) {
  fs::create_symlink("loop", folder_ / "loop");
  const auto failed = read_file(path("loop"));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  EXPECT_EQ(write_file_atomically("/dev/null/x", "1").error().code, ErrorCode::not_found) << "not a folder";
}

TEST_F(Files, ListingIsSortedRecursiveAndPassesOverHiddenFiles) {
  for (const char* folder : {"a/c", ".git"}) ASSERT_TRUE(make_folder(path(folder)).has_value());
  for (const char* name : {"b.csv", "a/z.toml", "a/c/y.toml", ".hidden", ".git/config"})
    ASSERT_TRUE(write_file_atomically(path(name), "").has_value());
  EXPECT_EQ(list_files(folder_.string()).value(), (std::vector<std::string>{"a/c/y.toml", "a/z.toml", "b.csv"}));
  EXPECT_EQ(list_files(folder_.string() + "/").value().size(), 3u);
}

}  // namespace
}  // namespace rigwise
