#include "host/site/team_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "codec/result_set.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kCoop = std::string(RIGWISE_SOURCE_DIR) + "/examples/coop";

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

const TeamSite& coop() {
  static const TeamSite kSite = [] {
    Result<TeamSite> read = read_team_site(kCoop);
    EXPECT_TRUE(read) << read.error().message << " " << read.error().where;
    return read ? *read : TeamSite{};
  }();
  return kSite;
}

const TeamFigures& coop_figures() {
  static const TeamFigures kFigures = [] {
    Result<TeamFigures> figures = team_figures(house(), coop(), {});
    EXPECT_TRUE(figures) << figures.error().message << " " << figures.error().where;
    return figures ? *figures : TeamFigures{};
  }();
  return kFigures;
}

std::string page_of(const TeamSite& site, const TeamFigures& figures) {
  return team_page(site, figures, "rigwise.html", "0123456789ab", "2026-07-02");
}

/// How often a text stands in another.
std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(TeamPage, TheCoopsLeaderboardIsThatOfItsSeed) {
  const Json& board = coop_figures().leaderboards.at(0);
  ASSERT_EQ(board["rows"].size(), 12u);
  const Json& first = board["rows"][0];
  EXPECT_EQ(first["name"], "GPT-oss-120B");
  EXPECT_EQ(first["score"], 1.89);
  EXPECT_EQ(first["time_s"], 102);
  EXPECT_EQ(first["rank"], 1);
  EXPECT_NEAR(first["params"]["active_b"].get<double>(), 5.1, 0.1);
  EXPECT_EQ(board["machines"][0], "Mac Studio (M4 Max, 40c, 128GB)");
  EXPECT_EQ(first["runs"][0]["quant"], "mxfp4");
  EXPECT_EQ(board["rows"][11]["runs"][0]["quant"], "q4_k_m");
  EXPECT_EQ(board["rows"][11]["name"], "Qwen2.5-Coder-32B");
  EXPECT_EQ(board["rows"][11]["score"], 0.33);
  int fifths = 0;
  for (const Json& row : board["rows"]) fifths += row["rank"] == 5 ? 1 : 0;
  EXPECT_EQ(fifths, 3) << "three models share 1.62, as printed";
  for (const Json& row : board["rows"]) EXPECT_EQ(row["runs"].size(), 2u) << row["name"];
}

TEST(TeamPage, TheCoopsRunsStandBesideWhatIsPredicted) {
  const Json& speeds = coop_figures().speeds;
  ASSERT_EQ(speeds.size(), 2u);
  EXPECT_EQ(speeds[0]["measured_tokens_per_s"], 6.5);
  EXPECT_EQ(speeds[1]["measured_tokens_per_s"], 0.6);
  for (const Json& run : speeds) EXPECT_FALSE(run["source"].get<std::string>().empty());
}

TEST(TeamPage, CostsAreTheVerbs) {
  const Json& cost = coop_figures().cost;
  EXPECT_EQ(cost["currency"], "SEK");
  EXPECT_EQ(cost["hardware"]["price"], 40000);
  ASSERT_EQ(cost["split"]["members"].size(), 4u);
  EXPECT_NEAR(cost["split"]["members"][0]["per_month"].get<double>() * 4, cost["tco"]["per_month"].get<double>(), 1);
  ASSERT_EQ(coop_figures().volumes.size(), 4u);
  EXPECT_EQ(coop_figures().volumes[2]["response"]["against"], cost["against"]) << "1.9 billion is the plan itself";
}

TEST(TeamPage, StandsAlone) {
  const std::string page = page_of(coop(), coop_figures());
  EXPECT_THAT(page, HasSubstr("default-src &#39;none&#39;"));
  for (const char* loads :
       {"<script", "<link", "<iframe", "<object", "@import", "url(", "srcset", " onclick", "http-equiv=\"refresh\""}) {
    EXPECT_EQ(count_of(page, loads), 0u) << loads;
  }
  EXPECT_EQ(count_of(page, " src=\""), count_of(page, " src=\"data:image/"));
  for (const char* part :
       {"leaderboard", "speed", "costs", "setups", "local", "faq", "timeline", "invitation", "method"}) {
    EXPECT_EQ(count_of(page, std::string("<section id=\"") + part + "\""), 1u) << part;
  }
  EXPECT_THAT(page, HasSubstr("href=\"rigwise.html\""));
  EXPECT_THAT(page, Not(HasSubstr(kCoop))) << "no path of this machine";
  EXPECT_EQ(page, page_of(coop(), coop_figures())) << "the same bytes again";
}

TEST(TeamPage, EveryScrolledTableHasANameOfItsOwn) {
  const std::string page = page_of(coop(), coop_figures());
  for (const TeamOption& option : coop().options) {
    EXPECT_EQ(count_of(page, "aria-label=\"" + option.title + ": what stays loaded"), 1u) << option.title;
  }
}

TEST(TeamPage, FiguresPointIntoSiteToml) {
  TeamSite site = coop();
  site.machines.front() = "mac studio m9";
  const Result<TeamFigures> figures = team_figures(house(), site, {});
  ASSERT_FALSE(figures);
  EXPECT_THAT(figures.error().where, HasSubstr("site.toml:"));
  TeamSite wrong = coop();
  wrong.cost_plan["tokens_pr_s"] = 5;
  const Result<TeamFigures> costs = team_figures(house(), wrong, {});
  ASSERT_FALSE(costs);
  EXPECT_THAT(costs.error().did_you_mean, testing::Contains("tokens_per_s"));
  wrong = coop();
  wrong.scores = "seed-003-task";
  ASSERT_FALSE(team_figures(house(), wrong, {}));
  EXPECT_THAT(team_figures(house(), wrong, {}).error().did_you_mean, testing::Contains("seed-003-tasks"));
}

/// A result set with a secret wherever a text of somebody's own may stand.
ResultSet with_secrets(const std::string& secret) {
  ResultSet results;
  results.run = {
      secret + "-run", secret + "-label", "2026-11-01T08:00:00Z", "set", "0.1", secret + "-host", 1, false, {}};
  results.run.settings = {{"prompt", secret}};
  EvaluatedModel model;
  model.id = secret + "-column";
  model.requested = "qwen3-14b";
  model.catalog_id = "qwen3-14b";
  model.endpoint = "http://" + secret + ".example/v1";
  model.provider = secret;
  model.server = secret;
  model.digest = secret;
  results.models = {model};
  for (int i = 0; i < 12; ++i) {
    const std::string id = "private/" + secret + "-" + std::to_string(i);
    results.tasks.push_back({id, "rev" + std::to_string(i), "developer", secret + "-category", id, "text", "en", 0.6});
    EvaluatedAnswer answer;
    answer.task = id;
    answer.model = model.id;
    answer.score = i % 2 == 0 ? 1.0 : 0.5;
    answer.text = "the answer is " + secret;
    answer.checks = {{secret, "keyword", ScorePart::content, true, 1, "because of " + secret}};
    results.answers.push_back(answer);
  }
  results.excluded = {{"task", secret, secret}};
  return results;
}

TEST(TeamPage, OfAStoreOnlyScoresAndCountsAreShown) {
  const std::string secret = "hunter2zebra";
  TeamSite site = coop();
  TeamSources sources;
  sources.results = with_secrets(secret);
  const Result<TeamFigures> figures = team_figures(house(), site, sources);
  ASSERT_TRUE(figures) << figures.error().message;
  ASSERT_EQ(figures->leaderboards.size(), 2u);
  EXPECT_EQ(figures->leaderboards[0]["rows"][0]["name"], "Qwen3 14B");
  const std::string page = page_of(site, *figures);
  EXPECT_THAT(page, HasSubstr("Our own evaluation"));
  EXPECT_THAT(page, Not(HasSubstr(secret)));
  EXPECT_THAT(figures->leaderboards.dump(), Not(HasSubstr(secret)));
}

TEST(TeamPage, OfASavedRunNeitherAddressNorPathIsShown) {
  const std::string secret = "hunter2zebra";
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("rigwise-" + secret + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "ollama.txt").string();
  ASSERT_TRUE(write_file_atomically(
      file, "$ ollama run llama3.1:8b-instruct-q4_K_M --verbose\n\n" + secret +
                "\ntotal duration:       2.1s\nprompt eval count:    312 token(s)\nprompt eval rate:     4000 "
                "tokens/s\neval count:           212 token(s)\neval rate:            110 tokens/s\n"));
  TeamSources sources;
  sources.run_files = {file};
  sources.machine = "rtx 3090";
  const Result<TeamFigures> figures = team_figures(house(), coop(), sources);
  ASSERT_TRUE(figures) << figures.error().message;
  ASSERT_EQ(figures->speeds.size(), 4u);
  EXPECT_EQ(figures->speeds[3]["is_own"], true);
  EXPECT_THAT(page_of(coop(), *figures), Not(HasSubstr(secret)));
  sources.machine = "";
  const Result<TeamFigures> unnamed = team_figures(house(), coop(), sources);
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->speeds.size(), 2u) << "whose machine it was is not guessed";
  EXPECT_FALSE(unnamed->notes.empty());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rigwise
