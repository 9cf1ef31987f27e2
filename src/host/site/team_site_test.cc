#include "host/site/team_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/files/files.h"
#include "host/site/team_page.h"
#include "host/site/team_template.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

class TeamFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("rigwise-team-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  void put(const std::string& name, std::string_view text) const {
    fs::create_directories((folder / name).parent_path());
    ASSERT_TRUE(write_file_atomically((folder / name).string(), text).has_value());
  }
  Result<TeamSite> site() const { return read_team_site(folder.string()); }
  /// The site is refused: where, below the folder.
  std::string refused_at(const std::string& words) const {
    const Result<TeamSite> read = site();
    EXPECT_FALSE(read) << "should say: " << words;
    if (read) return "";
    EXPECT_THAT(read.error().message, HasSubstr(words));
    EXPECT_EQ(exit_status(read.error().code), 2);
    const std::string& where = read.error().where;
    return where.starts_with(folder.string()) ? where.substr(folder.string().size() + 1) : where;
  }

  fs::path folder;
};

TEST_F(TeamFolder, ATemplateIsASite) {
  fs::remove_all(folder);
  ASSERT_TRUE(write_team_template(folder.string()));
  const Result<TeamSite> read = site();
  ASSERT_TRUE(read) << read.error().message << " " << read.error().where;
  EXPECT_EQ(read->parts.size(), 8u);
  EXPECT_TRUE(read->shows(TeamPartKind::costs));
  EXPECT_FALSE(write_team_template(folder.string())) << "what is there stays";
}

TEST_F(TeamFolder, PartsStandInTheirOrderWithTheirOwnNames) {
  put("site.toml",
      "title = \"T\"\nparts = [\"invitation\", \"about.md\", \"faq\"]\n[faq]\ntext = \"q/faq.md\"\n[invitation]\n"
      "title = \"Come\"\n[[invitation.call]]\nlabel = \"Write\"\nlink = \"mailto:a@example.org\"\n");
  put("about.md", "+++\nmenu = \"Who\"\n+++\n# About us\nSee [the questions](#faq), [one](q/faq.md#why).\n");
  put("q/faq.md", "## Why?\nBecause of [us](about.md).\n");
  const Result<TeamSite> read = site();
  ASSERT_TRUE(read) << read.error().message << " " << read.error().where;
  ASSERT_EQ(read->parts.size(), 3u);
  EXPECT_EQ(read->parts[0].title, "Come");
  EXPECT_EQ(read->parts[1].title, "About us");
  EXPECT_EQ(read->parts[1].menu, "Who");
  EXPECT_THAT(read->parts[1].text.intro, HasSubstr("href=\"#faq-why\""));
  EXPECT_THAT(read->parts[2].text.parts[0].html, HasSubstr("href=\"#about\""));
}

TEST_F(TeamFolder, FaultsNameFileAndLine) {
  put("site.toml", "title = \"T\"\nparts = [\"faq\"]\ncolour = 1\n[faq]\ntext = \"faq.md\"\n");
  put("faq.md", "## Why?\n");
  EXPECT_EQ(refused_at("colour"), "site.toml:3 / colour");
  put("site.toml", "title = \"T\"\nparts = [\"fak\"]\n");
  EXPECT_EQ(refused_at("\"fak\" is no part"), "site.toml:2 / parts[0]");
  EXPECT_THAT(site().error().did_you_mean, Contains("faq"));
  put("site.toml", "title = \"T\"\n[faq]\ntext = \"fqa.md\"\n");
  EXPECT_EQ(refused_at("no file \"fqa.md\""), "site.toml:3 / faq.text");
  EXPECT_THAT(site().error().did_you_mean, Contains("faq.md"));
  put("site.toml", "title = \"T\"\n[faq]\ntext = faq.md\n");
  EXPECT_EQ(refused_at("not valid TOML"), "site.toml:3");
  put("site.toml", "title = \"T\"\n[[timeline.step]]\nwhen = \"spring\"\ntitle = \"x\"\n");
  EXPECT_EQ(refused_at("\"spring\" is no date"), "site.toml:3 / timeline.step[0].when");
  put("site.toml", "title = \"T\"\n[invitation]\n[[invitation.call]]\nlabel = \"x\"\nlink = \"javascript:x\"\n");
  EXPECT_EQ(refused_at("is no address"), "site.toml:5 / invitation.call[0].link");
}

TEST_F(TeamFolder, DatesOfTheTimelineExistAndRunForward) {
  const auto put_step = [&](const std::string& when) {
    put("site.toml", "title = \"T\"\n[[timeline.step]]\ntitle = \"x\"\nwhen = \"" + when + "\"\n");
  };
  for (const char* when :
       {"2026-02-30", "2026-13", "2026-00-01", "2026-04-31/2026-05-02", "2025-02-29", "2026", "26-03"}) {
    put_step(when);
    EXPECT_EQ(refused_at("is no date"), "site.toml:4 / timeline.step[0].when") << when;
  }
  for (const char* when : {"2026-05/2026-03", "2026-03-14/2026-03-02", "2026-03-14/2026-02"}) {
    put_step(when);
    EXPECT_EQ(refused_at("ends before it begins"), "site.toml:4 / timeline.step[0].when") << when;
  }
  for (const char* when : {"2024-02-29", "2026-03", "2026-03/2026-03", "2026-03-14/2026-03", "2026-12-31/2027-01"}) {
    put_step(when);
    EXPECT_TRUE(site()) << when;
  }
}

TEST_F(TeamFolder, AMisspeltKeyIsNamedWhereTheRightOneIsMissing) {
  put("site.toml", "# ours\ntitel = \"T\"\nparts = [\"a.md\"]\n");
  put("a.md", "x\n");
  EXPECT_EQ(refused_at("unknown key \"titel\""), "site.toml:2 / titel");
  EXPECT_THAT(site().error().did_you_mean, Contains("title"));
  put("site.toml", "parts = [\"a.md\"]\n");
  refused_at("\"title\" is missing");
  put("site.toml", "title = \"T\"\n[[timeline.step]]\nwehn = \"2026-03\"\ntitle = \"x\"\n");
  EXPECT_EQ(refused_at("unknown key \"wehn\""), "site.toml:3 / timeline.step[0].wehn");
}

TEST_F(TeamFolder, BrokenFrontMatterNamesItsLine) {
  put("site.toml", "title = \"T\"\nparts = [\"a.md\"]\n");
  put("a.md", "+++\ntitle = \"A\"\ncolor = 1\n+++\ntext\n");
  EXPECT_EQ(refused_at("color"), "a.md:3 / color");
  put("a.md", "+++\ntitle = A\n+++\ntext\n");
  EXPECT_EQ(refused_at("not valid TOML"), "a.md:2");
  put("a.md", "+++\ntitle = \"A\"\ntext\n");
  EXPECT_EQ(refused_at("does not end"), "a.md:1");
  put("a.md", "---\ntitle: A\n---\n");
  EXPECT_EQ(refused_at("is TOML"), "a.md:1");
  put("a.md", "+++\ntitle = \"A\"\n+++\n\n<b>x</b>\n");
  EXPECT_EQ(refused_at("HTML"), "a.md:5") << "lines are the file's";
}

TEST_F(TeamFolder, LinksMustLeadSomewhere) {
  put("site.toml", "title = \"T\"\nparts = [\"a.md\"]\n");
  put("a.md", "## Cost of it\n\n[x](#cost-off-it)\n");
  EXPECT_EQ(refused_at("#a-cost-off-it"), "a.md:3");
  EXPECT_THAT(site().error().did_you_mean, Contains("a-cost-of-it"));
  put("a.md", "[x](b.md)\n");
  EXPECT_EQ(refused_at("leads to nothing"), "a.md:1");
  put("a.md", "[x](../../etc/passwd)\n");
  EXPECT_EQ(refused_at("leads to nothing"), "a.md:1");
}

TEST_F(TeamFolder, PicturesAreLocalSmallAndPictures) {
  put("site.toml", "title = \"T\"\nparts = [\"a.md\"]\n");
  put("a.md", "\n![a machine](in/box.png)\n");
  EXPECT_EQ(refused_at("no file \"in/box.png\""), "a.md:2");
  put("in/box.png", "\x89PNG and so on");
  const Result<TeamSite> read = site();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(read->parts[0].text.intro,
              HasSubstr("src=\"data:image/png;base64,iVBORyBhbmQgc28gb24=\" alt=\"a machine\""));
  put("in/box.png", "<html>");
  EXPECT_EQ(refused_at("does not begin as a png"), "a.md:2");
  put("in/box.png", "\x89PNG" + std::string(1'000'001, 'x'));
  EXPECT_EQ(refused_at("bytes"), "a.md:2");
  put("a.md", "![a](https://example.org/a.png)\n");
  EXPECT_EQ(refused_at("loads nothing from elsewhere"), "a.md:1");
  put("a.md", "![a](../outside.png)\n");
  EXPECT_EQ(refused_at("is not a file below"), "a.md:1");
  const fs::path outside = fs::path(testing::TempDir()) / "rigwise-team-outside.png";
  ASSERT_TRUE(write_file_atomically(outside.string(), "\x89PNG"));
  fs::create_symlink(outside, folder / "link.png");
  put("a.md", "![a](link.png)\n");
  EXPECT_EQ(refused_at("\"link.png\" is a link that leads out of"), "a.md:1");
  EXPECT_THAT(site().error().did_you_mean, testing::IsEmpty()) << "its own name is no help";
  fs::remove(folder / "link.png");
  fs::create_symlink("gone.png", folder / "link.png");
  EXPECT_EQ(refused_at("\"link.png\" is a link to nothing"), "a.md:1");
  put("in/box.png", "\x89PNG and so on");
  fs::remove(folder / "link.png");
  fs::create_symlink("in/box.png", folder / "link.png");
  EXPECT_TRUE(site()) << "a link within the folder is as good as the file";
  fs::remove(folder / "link.png");
  fs::create_directories(folder / "link.png");
  EXPECT_EQ(refused_at("\"link.png\" is a folder"), "a.md:1");
  fs::remove(outside);
}

TEST_F(TeamFolder, WhatLooksLikeAKeyIsNotPublished) {
  put("site.toml", "title = \"T\"\nparts = [\"a.md\"]\n");
  put("a.md", "Hello.\n\nAsk with Bearer sk-proj-4f9a8b7c6d5e4f3a2b1c\n");
  EXPECT_EQ(refused_at("looks like a key"), "a.md:3");
}

TEST(TeamSteps, DatesInWords) {
  EXPECT_EQ(step_dates("2026-03"), "March 2026");
  EXPECT_EQ(step_dates("2026-03-04"), "4 March 2026");
  EXPECT_EQ(step_dates("2026-03/2026-04"), "March to April 2026");
  EXPECT_EQ(step_dates("2026-12/2027-01"), "December 2026 to January 2027");
}

}  // namespace
}  // namespace rigwise
