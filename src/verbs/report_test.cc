#include "verbs/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "codec/toml_needs.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"
#include "verbs/advise.h"
#include "verbs/report_parts.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded.has_value());
    return House{std::move(loaded->catalog), std::move(loaded->calibration)};
  }();
  return kHouse;
}

Json example(const std::string& name) {
  const Result<std::string> text = read_file(std::string(RIGWISE_SOURCE_DIR) + "/examples/needs-" + name + ".toml");
  EXPECT_TRUE(text.has_value());
  const Result<NeedsFile> file = parse_needs_toml(*text, name);
  EXPECT_TRUE(file.has_value());
  return file->object;
}

Json report_of(const Json& request) {
  Result<Json> response = report_verb(house(), request);
  EXPECT_TRUE(response.has_value()) << response.error().where << ": " << response.error().message;
  return response ? *response : Json::object();
}

/// Faults of nesting: each element that is closed where another is open, or never.
std::vector<std::string> nesting_faults(const std::string& html) {
  std::vector<std::string> open, faults;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const std::size_t end = html.find('>', at);
    const std::string tag = html.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
    if (tag.starts_with("!") || tag.ends_with("/") || name == "meta") continue;
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else if (open.empty() || "/" + open.back() != tag) {
      faults.push_back("<" + tag + "> at " + std::to_string(at));
    } else {
      open.pop_back();
    }
  }
  faults.insert(faults.end(), open.begin(), open.end());
  return faults;
}

TEST(Report, SaysWhatAdviseSaysOfEveryExample) {
  for (const char* name : {"hobbyist", "company", "coop", "agents"}) {
    const Json needs = example(name);
    const Json report = report_of({{"needs", needs}});
    const Result<Json> advice = advise_verb(house(), {{"needs", needs}, {"limit", 3}});
    ASSERT_TRUE(advice.has_value());
    const Json& scenario = report["scenarios"][0];
    EXPECT_EQ(scenario["advice"], *advice) << name;
    ASSERT_GE(scenario["alternatives"].size(), 4u) << name << ": machines, and the cloud";
    const Json& first = scenario["alternatives"][0];
    EXPECT_EQ(first["total"], (*advice)["options"][0]["cost"]["total"]);
    EXPECT_EQ(report["comparison"][0]["price"], (*advice)["options"][0]["price"]);
    EXPECT_EQ(report["comparison"][0]["buy_nothing_total"], (*advice)["do_not_buy"]["total"]);
  }
}

TEST(Report, ThePageStandsAloneAndIsWellFormed) {
  for (const char* name : {"hobbyist", "company", "coop", "agents"}) {
    const std::string page = report_of({{"needs", example(name)}, {"page", true}})["html"];
    EXPECT_THAT(nesting_faults(page), testing::IsEmpty()) << name;
    EXPECT_TRUE(page.starts_with("<!doctype html>"));
    for (const char* fetched : {" src=", " href=", "url(", "@import", "<script", "<link", "<iframe"}) {
      EXPECT_THAT(page, Not(HasSubstr(fetched))) << name;
    }
    EXPECT_THAT(page, HasSubstr("What would change the answer"));
    EXPECT_THAT(page, HasSubstr("How good these numbers are"));
    EXPECT_THAT(page, Not(HasSubstr("null")));
  }
}

TEST(Report, ItsHeadingSaysWhatToDo) {
  const auto heading = [](Json needs) {
    const std::string page = report_of({{"needs", std::move(needs)}, {"page", true}})["html"];
    const std::size_t begin = page.find("class=\"answer\">") + 15;
    return page.substr(begin, page.find('<', begin) - begin);
  };
  const Json coding = {{{"name", "coding"}, {"model_class", "coding"}}};
  EXPECT_TRUE(heading({{"budget", {{"max", 5000}}}, {"targets", coding}}).starts_with("Buy "));
  EXPECT_EQ(heading({{"budget", {{"max", 5000}}}, {"owned", {"rtx pro 6000"}}, {"targets", coding}}).substr(0, 5),
            "Keep ");
  const Json absurd = {{{"name", "coding"}, {"model_class", "coding"}, {"minimum_tokens_per_s", 90000}}};
  EXPECT_THAT(heading({{"budget", {{"max", 5000}}}, {"targets", absurd}}),
              testing::StartsWith("Nothing within these limits is fast enough; nearest comes "));
}

TEST(Report, EachScenarioHasItsOwnAssumptions) {
  const Json needs = example("hobbyist");
  const std::string page =
      report_of({{"scenarios", {{{"name", "as today"}, {"needs", needs}}, {{"name", "with agents"}, {"needs", needs}}}},
                 {"page", true}})["html"];
  EXPECT_THAT(page, HasSubstr("What was assumed: as today"));
  EXPECT_THAT(page, HasSubstr("What was assumed: with agents"));
}

TEST(Report, SeedDocumentsHaveNamesAndNoFiles) {
  const std::string page = report_of({{"needs", example("company")}, {"page", true}})["html"];
  EXPECT_THAT(page, HasSubstr("seed document S"));
  EXPECT_THAT(page, Not(testing::ContainsRegex("00[0-9]_[0-9a-f]+[.]txt")));
}

TEST(Report, APageOnlyWhenItIsAskedFor) {
  EXPECT_FALSE(report_of({{"needs", {{"budget", {{"max", 3000}}}, {"concurrency", 1}}}}).contains("html"));
}

TEST(Report, WordsOfPeopleAreTextAndNothingElse) {
  const std::string page = report_of({{"needs", example("hobbyist")},
                                      {"title", "<script>alert(1)</script>"},
                                      {"prepared_for", "A & \"B\""},
                                      {"page", true}})["html"];
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(page, HasSubstr("For A &amp; &quot;B&quot;"));
}

TEST(Report, AMachineIsPaidAtOnceThenByItsPowerAndSoldInTheEnd) {
  const Json advice = {
      {"horizon_months", 30},
      {"hybrid", nullptr},
      {"rental", nullptr},
      {"options",
       {{{"label", "M"},
         {"price", 1000.0},
         {"cost",
          {{"purchase", 1000.0}, {"electricity", 300.0}, {"resale", 400.0}, {"tax_rate", 0.2}, {"total", 720.0}}}}}},
      {"do_not_buy",
       {{"total", 90.0}, {"per_month", 3.0}, {"subscription", {{"total", 3000.0}, {"per_month", 100.0}}}}}};
  const Json all = alternatives_json(advice);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0]["paid_at_start"], 800.0) << "a fifth comes back as tax";
  EXPECT_EQ(all[0]["paid_before_sale"], 1040.0);
  EXPECT_EQ(all[0]["paid_by_year"], Json::parse(R"([{"month": 12, "paid": 896.0}, {"month": 24, "paid": 992.0},
                                                    {"month": 30, "paid": 720.0}])"));
  EXPECT_EQ(all[0]["pays_back_months"], 9) << "800 / (100 - 8) = 8.7";
  EXPECT_EQ(all[1]["kind"], "api");
  EXPECT_EQ(all[1]["paid_by_year"][1]["paid"], 72.0);
  EXPECT_EQ(all[2]["paid_by_year"][2]["paid"], 3000.0);
}

TEST(Report, AMachineThatNeverPaysBackSaysSo) {
  const Json advice = {
      {"horizon_months", 12},
      {"hybrid", nullptr},
      {"rental", nullptr},
      {"options",
       {{{"label", "M"},
         {"cost", {{"purchase", 1000.0}, {"electricity", 60.0}, {"tax_rate", 0.0}, {"total", 1060.0}}}}}},
      {"do_not_buy", {{"total", 24.0}, {"subscription", {{"total", 240.0}}}}}};
  EXPECT_TRUE(alternatives_json(advice)[0]["pays_back_months"].is_null());
}

TEST(Report, ScenariosStandSideBySide) {
  const Json report =
      report_of({{"scenarios",
                  {{{"name", "the company"}, {"needs", example("company")}},
                   {{"name", "nothing to spend"}, {"needs", {{"budget", {{"max", 0}}}, {"concurrency", 1}}}}}},
                 {"page", true}});
  ASSERT_EQ(report["comparison"].size(), 2u);
  EXPECT_EQ(report["comparison"][0]["currency"], "CAD");
  EXPECT_TRUE(report["comparison"][1]["label"].is_null());
  const std::string page = report["html"];
  EXPECT_THAT(page, HasSubstr("The scenarios side by side"));
  EXPECT_THAT(page, HasSubstr("nothing on offer keeps the limits"));
  EXPECT_THAT(nesting_faults(page), testing::IsEmpty());
}

TEST(Report, WhatNobodyJudgedIsNotShownAsJudgedWhicheverWayItIsDone) {
  const Json scenario = report_of({{"needs", example("company")}})["scenarios"][0];
  for (const Json& one : scenario["alternatives"]) {
    const std::string kind = one["kind"];
    if (kind != "hybrid" && kind != "rental") continue;
    bool judged = true;
    for (const Json& target : scenario["advice"][kind]["targets"]) {
      judged = judged && target["quality_is_known"].get<bool>();
    }
    EXPECT_EQ(one["quality_is_known"], judged) << kind;
  }
}

TEST(Report, RangesNameTheLevelThatWasAskedFor) {
  const std::string page = report_of({{"needs", example("company")}, {"level", 0.9}, {"page", true}})["html"];
  EXPECT_THAT(page, HasSubstr("90 % of such machines"));
  EXPECT_THAT(page, Not(HasSubstr("80 % of such machines")));
}

/// How often a text stands in another.
std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Report, EverySumSaysWhereItComesFrom) {
  const Json report = report_of({{"needs", example("company")}, {"page", true}});
  const Json& advice = report["scenarios"][0]["advice"];
  const std::string page = report["html"];
  EXPECT_THAT(page, HasSubstr("Where the other sums come from"));
  EXPECT_THAT(page, HasSubstr("Cheapest API: " + advice["do_not_buy"]["words"].get<std::string>()));
  EXPECT_THAT(page, HasSubstr(advice["rental"]["words"].get<std::string>()));
  EXPECT_THAT(page, HasSubstr("<li>gpt-oss-20b MXFP4 under llama.cpp writes")) << "one model a line";
  EXPECT_THAT(page, Not(HasSubstr("<li>because")));
}

TEST(Report, TheListOfSourcesNamesEachThingOnce) {
  const Json report = report_of({{"needs", example("company")}, {"page", true}});
  const std::string page = report["html"];
  std::set<std::string> subjects;
  for (const Json& source : report["sources"]) subjects.insert(source["subject"].get<std::string>());
  for (const std::string& subject : subjects) EXPECT_EQ(count_of(page, "<b>" + subject + "</b>"), 1u) << subject;
  for (const Json& source : report["sources"]) {
    if (source["kind"] == "seed") continue;
    EXPECT_THAT(page, HasSubstr(source["ref"].get<std::string>()));
  }
}

TEST(Report, NamesItsSourcesOnce) {
  const Json report = report_of({{"needs", example("hobbyist")}});
  std::set<std::string> seen;
  for (const Json& source : report["sources"]) {
    EXPECT_FALSE(source["ref"].get<std::string>().empty());
    EXPECT_TRUE(seen.insert(source.dump()).second) << source;
  }
  EXPECT_GE(seen.size(), 4u);
}

TEST(Report, FaultsNameTheScenarioAndTheKey) {
  const Result<Json> refused = report_verb(
      house(),
      {{"scenarios",
        {{{"name", "a"}, {"needs", {{"concurrency", 1}}}}, {{"name", "b"}, {"needs", {{"budget", {{"max", -1}}}}}}}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().where, "scenarios[1].needs.budget.max");
  EXPECT_FALSE(report_verb(house(), Json::object()).has_value());
  const Result<Json> both = report_verb(house(), {{"needs", Json::object()}, {"scenarios", Json::array()}});
  ASSERT_FALSE(both.has_value());
  EXPECT_THAT(both.error().message, HasSubstr("both"));
}

}  // namespace
}  // namespace rigwise
