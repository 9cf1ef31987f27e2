#include "host/serve/site_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

const EmbeddedFile kSite[] = {{"index.html", "<html>", {}, "1"}, {"assets/a.js", "let a", {}, "2"}};
const EmbeddedFile kNewer[] = {{"index.html", "<html lang=en>", {}, "3"}};

class SiteWriter : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("rigwise-site-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const char* name) const { return (folder_ / name).string(); }
  std::size_t count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(SiteWriter, WritesEveryFileBelowANewFolder) {
  const Result<SiteWritten> written = write_site(path("a/b/out/"), kSite, false);
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(written->files, 2);
  EXPECT_EQ(written->bytes, 11u);
  EXPECT_EQ(*read_file(path("a/b/out/assets/a.js")), "let a");
  const auto rights = fs::status(path("a/b/out")).permissions();
  EXPECT_NE(rights & fs::perms::others_exec, fs::perms::none) << "a web server can look into it";
}

TEST_F(SiteWriter, ReplacesAnEarlierSiteAsAWhole) {
  ASSERT_TRUE(write_site(path("out"), kSite, false).has_value());
  const Result<SiteWritten> written = write_site(path("out"), kNewer, false);
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(*read_file(path("out/index.html")), "<html lang=en>");
  EXPECT_FALSE(fs::exists(path("out/assets"))) << "an old file is left";
  EXPECT_EQ(written->kept_as, "");
  EXPECT_EQ(count(), 1u) << "something stays beside it";
}

TEST_F(SiteWriter, LeavesOtherPeoplesFilesAlone) {
  fs::create_directories(path("mine"));
  ASSERT_TRUE(write_file_atomically(path("mine/letter"), "dear").has_value());
  const Result<SiteWritten> refused = write_site(path("mine"), kSite, false);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(*read_file(path("mine/letter")), "dear");
  EXPECT_EQ(count(), 1u);

  ASSERT_TRUE(write_site(path("out"), kSite, false).has_value());
  ASSERT_TRUE(write_file_atomically(path("out/.hidden"), "own").has_value());
  EXPECT_FALSE(write_site(path("out"), kSite, false).has_value()) << "the user added a file to our site";
  ASSERT_TRUE(write_file_atomically(path("file"), "x").has_value());
  EXPECT_FALSE(write_site(path("file"), kSite, false).has_value());
}

TEST_F(SiteWriter, ForcedKeepsWhatWasThere) {
  fs::create_directories(path("mine"));
  ASSERT_TRUE(write_file_atomically(path("mine/letter"), "dear").has_value());
  const Result<SiteWritten> written = write_site(path("mine"), kSite, true);
  ASSERT_TRUE(written.has_value()) << written.error().message;
  EXPECT_EQ(written->kept_as, path("mine.before"));
  EXPECT_EQ(*read_file(path("mine.before/letter")), "dear");
  EXPECT_EQ(*read_file(path("mine/index.html")), "<html>");
  ASSERT_TRUE(write_file_atomically(path("mine/letter"), "dear").has_value());
  EXPECT_FALSE(write_site(path("mine"), kSite, true).has_value()) << "that would lose what was kept before";
  EXPECT_EQ(*read_file(path("mine.before/letter")), "dear");
}

TEST_F(SiteWriter, WhereNothingCanBeWrittenLeavesNothing) {
  ASSERT_TRUE(write_file_atomically(path("file"), "x").has_value());
  const Result<SiteWritten> written = write_site(path("file/out"), kSite, false);
  EXPECT_FALSE(written.has_value());
  EXPECT_EQ(count(), 1u);
}

}  // namespace
}  // namespace rigwise
