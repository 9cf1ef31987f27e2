#include "host/serve/site_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "codec/json_text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SiteContent : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("rigwise-content-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  void put(const char* name, std::string_view text) const {
    ASSERT_TRUE(write_file_atomically((folder / name).string(), text).has_value());
  }
  Result<std::string> block() const { return content_block(folder.string()); }

  fs::path folder;
};

Json inside(const std::string& block) {
  const std::size_t begin = block.find('>') + 1;
  return Json::parse(block.substr(begin, block.rfind("</script>") - begin));
}

TEST_F(SiteContent, CarriesTheMarkdownFilesInOrderOfTheirNames) {
  put("timeline.md", "2026: began\n");
  put("faq.md", "before\n# Questions people ask \n\ntext");
  put("notes.txt", "not Markdown");
  const Result<std::string> written = block();
  ASSERT_TRUE(written.has_value()) << written.error().message;
  const Json documents = inside(*written);
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0]["title"], "Questions people ask");
  EXPECT_EQ(documents[1]["title"], "timeline") << "without a heading a file goes by its name";
  EXPECT_EQ(documents[1]["text"], "2026: began\n");
}

TEST_F(SiteContent, NothingInAFileEndsTheBlock) {
  const std::string text = "</script><script>alert(1)</script> <!-- and & \xE2\x80\xA8";
  put("faq.md", text);
  const Result<std::string> written = block();
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(written->find('<', 1), written->rfind("</script>")) << *written;
  EXPECT_EQ(inside(*written)[0]["text"], text);
}

TEST_F(SiteContent, RefusesWhatIsNoText) {
  EXPECT_FALSE(block().has_value()) << "an empty folder";
  put("faq.md", "caf\xE9");
  const Result<std::string> refused = block();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("faq.md"));
  EXPECT_FALSE(content_block((folder / "nowhere").string()).has_value());
  put("faq.md", std::string(1'000'001, 'a'));
  EXPECT_THAT(block().error().message, HasSubstr("1000001 bytes"));
}

TEST(PageWithContent, StandsBeforeTheEndOfTheBody) {
  EXPECT_EQ(with_content("<body>a</body></html>", "<b>"), "<body>a<b></body></html>");
  EXPECT_EQ(with_content("no body", "<b>"), "no body<b>");
}

}  // namespace
}  // namespace rigwise
