#include "verbs/eval_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/catalog_io/load.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json example() {
  const Result<std::string> text = read_file(std::string(RIGWISE_SOURCE_DIR) + "/tests/eval/results.json");
  EXPECT_TRUE(text);
  const Result<Json> json = parse_json(text ? *text : "{}");
  return json ? *json : Json::object();
}

Json reported(const Json& request) {
  const Result<Json> answer = run_verb(house(), "eval_report", request);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message + " at " + answer.error().where);
  return answer ? *answer : Json::object();
}

const Json& entry_of(const Json& list, const char* key, const Json& value) {
  static const Json kNone = Json::object();
  for (const Json& entry : list) {
    if (entry[key] == value) return entry;
  }
  ADD_FAILURE() << value << " is missing";
  return kNone;
}

/// `models` like ones that answer `tasks` tasks of a role with a score each.
Json like_results(int tasks, const std::vector<std::pair<Json, double>>& models) {
  Json results = {{"format", "rigwise.eval.results/1"},
                  {"models", Json::array()},
                  {"tasks", Json::array()},
                  {"answers", Json::array()}};
  for (const auto& [model, score] : models) results["models"].push_back(model);
  for (int i = 0; i < tasks; ++i) {
    const std::string id = "developer/t" + std::to_string(1000 + i);
    results["tasks"].push_back({{"id", id}, {"rev", "1"}, {"role", "developer"}, {"category", "bug-fixing"}});
    for (const auto& [model, score] : models) {
      const double spread = i % 2 == 0 ? 0.05 : -0.05;
      results["answers"].push_back({{"task", id}, {"model", model["id"]}, {"score", score + spread}});
    }
  }
  return results;
}

TEST(EvalReport, IsTheSameBytesWhateverOrderTheResultsCameIn) {
  Json results = example();
  const std::string once = reported({{"results", results}}).dump();
  std::reverse(results["answers"].begin(), results["answers"].end());
  std::reverse(results["tasks"].begin(), results["tasks"].end());
  std::reverse(results["models"].begin(), results["models"].end());
  EXPECT_EQ(reported({{"results", results}}).dump(), once);
}

TEST(EvalReport, AModelWithTooManyNetworkErrorsHasNoRankAndStandsForNoTier) {
  const Json report = reported({{"results", example()}});
  const Json& llama = entry_of(report["models"], "id", "llama-3.1-8b:q4_k_m");
  EXPECT_TRUE(llama["incomplete"]);
  EXPECT_TRUE(llama["rank_low"].is_null());
  EXPECT_TRUE(entry_of(report["tiers"], "memory_gb", 8.0)["best"].is_null());
}

TEST(EvalReport, ATierIsScoredByWhatReallyFitsAndWasAskedInAFormatThatRunsThere) {
  const Json report = reported({{"results", example()}});
  EXPECT_TRUE(entry_of(report["tiers"], "memory_gb", 16.0)["best"].is_null());  // 32B in four bits needs more
  const Json& tier = entry_of(report["tiers"], "memory_gb", 24.0);
  EXPECT_EQ(tier["best"], "qwen3-32b:q4_k_m");
  EXPECT_FALSE(tier["runs_as"]["assumed"]);
  EXPECT_EQ(tier["own_models"], 1);
  EXPECT_GT(tier["score_per_1000"], 0);
  EXPECT_EQ(entry_of(report["tiers"], "memory_gb", 32.0)["own_models"], 0);
}

TEST(EvalReport, TheLeastMachineOfARoleIsTheSmallestThatCertainlyReachesTheLimit) {
  const Json small = {{"id", "s"}, {"requested", "llama-3.1-8b"}, {"quantisation", "q4_k_m"}};
  const Json large = {{"id", "l"}, {"requested", "qwen3-32b"}, {"quantisation", "q4_k_m"}};
  const Json enough = reported({{"results", like_results(40, {{small, 0.5}, {large, 0.8}})}, {"threshold", 0.7}});
  EXPECT_EQ(enough["roles"][0]["verdict"], "reaches");
  EXPECT_EQ(enough["roles"][0]["minimum_gb"], 24);
  const Json lower = reported({{"results", like_results(40, {{small, 0.5}, {large, 0.8}})}, {"threshold", 0.45}});
  EXPECT_EQ(lower["roles"][0]["minimum_gb"], 8);
  const Json higher = reported({{"results", like_results(40, {{small, 0.5}, {large, 0.8}})}, {"threshold", 0.9}});
  EXPECT_EQ(higher["roles"][0]["verdict"], "none_reaches");
  const Json few = reported({{"results", like_results(8, {{small, 0.5}, {large, 0.8}})}, {"threshold", 0.7}});
  EXPECT_EQ(few["roles"][0]["verdict"], "not_enough_tasks");
  EXPECT_TRUE(few["models"][0]["score"]["value"].is_null());
  EXPECT_EQ(few["models"][0]["score"]["passed"], 8);
}

TEST(EvalReport, AReferenceMovesTheLimitToItsOwnScore) {
  const Json cloud = {{"id", "c"}, {"requested", "anthropic/claude-sonnet-4.6"}};
  const Json local = {{"id", "l"}, {"requested", "llama-3.1-8b"}, {"quantisation", "q4_k_m"}};
  const Json report = reported({{"results", like_results(40, {{cloud, 0.6}, {local, 0.58}})}, {"reference", "c"}});
  EXPECT_DOUBLE_EQ(report["threshold"], 0.9);
  EXPECT_EQ(report["roles"][0]["minimum_gb"], 8);
  EXPECT_NEAR(report["roles"][0]["tiers"][0]["limit"].get<double>(), 0.54, 1e-9);
}

TEST(EvalReport, TheSameModelOverCloudAndFourBitsIsComparedInPairs) {
  const Json report = reported({{"results", example()}});
  ASSERT_EQ(report["proxies"].size(), 1u);
  EXPECT_EQ(report["proxies"][0]["model"], "qwen3-32b");
  EXPECT_EQ(report["proxies"][0]["reference"], "cloud/qwen3-32b");
  EXPECT_EQ(report["proxies"][0]["columns"][0]["families"], 34);
}

TEST(EvalReport, ForeignColumnsStandBesideAndAreNobodysRivals) {
  const Json report = reported({{"results", example()}});
  for (const Json& pair : report["pairs"]) {
    EXPECT_NE(pair["first"], "promptfoo/phi");
    EXPECT_NE(pair["second"], "promptfoo/phi");
  }
}

TEST(EvalReport, ItsScoresDecideWhatMovesLocal) {
  const Json report = reported({{"results", example()}, {"reference", "claude-sonnet-4.6"}});
  EXPECT_EQ(report["moves"]["reference"], "anthropic/claude-sonnet-4.6");
  EXPECT_EQ(report["moves"]["categories"].size(), 3u);
  const Result<Json> routed =
      run_verb(house(), "route", {{"models", {"qwen3-32b"}}, {"prompt_mix", {"security"}}, {"results", example()}});
  ASSERT_TRUE(routed) << routed.error().message;
  EXPECT_TRUE((*routed)["categories"][0]["score"]["is_own"]);
  EXPECT_EQ((*routed)["categories"][0]["score"]["tasks"], 12);
}

TEST(EvalReport, ItsScoresStandForPublishedOnesInAnAdvice) {
  const Json needs = {{"budget", {{"max", 3000}, {"currency", "USD"}}},
                      {"targets", {{{"name", "coding"}, {"model_class", "coding"}}}}};
  const Result<Json> plain = run_verb(house(), "advise", {{"needs", needs}});
  const Result<Json> own = run_verb(house(), "advise", {{"needs", needs}, {"results", example()}});
  ASSERT_TRUE(plain) << plain.error().message;
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_THAT((*plain)["quality_scale"].get<std::string>(), testing::Not(HasSubstr("own evaluation")));
  EXPECT_THAT((*own)["quality_scale"].get<std::string>(), HasSubstr("own evaluation"));
}

/// Results of the demonstration: two stand-ins of one model's memory.
Json demo_results() {
  const Json local = {
      {"id", "stand-in:q4_k_m"}, {"requested", "stand-in"}, {"catalog_id", "gemma-3-12b"}, {"quantisation", "q4_k_m"}};
  const Json cloud = {{"id", "stand-in-cloud"}, {"requested", "stand-in-cloud"}, {"catalog_id", "gemma-3-12b"}};
  Json results = like_results(40, {{local, 0.7}, {cloud, 0.8}});
  results["run"] = {{"id", "d"}, {"label", "demo"}, {"protocol", 1}, {"is_demo", true}};
  return results;
}

TEST(EvalReport, ADemonstrationSaysSoAndGivesNoModelAScore) {
  const Json report = reported({{"results", demo_results()}});
  EXPECT_TRUE(report["run"]["is_demo"]);
  EXPECT_THAT(report["notes"].dump(), HasSubstr("answers written by rule, no model's"));
  EXPECT_EQ(report["tiers"][1]["best"], "stand-in:q4_k_m");  // its shape's memory
  EXPECT_EQ(report["moves"]["categories"][0]["model"], "stand-in");
  EXPECT_EQ(report["proxies"][0]["model"], "shape gemma-3-12b");
}

TEST(EvalReport, ADemonstrationsScoresDecideNothing) {
  const Json needs = {{"budget", {{"max", 3000}, {"currency", "USD"}}}};
  const Json mix = {"bug-fixing"};
  for (const auto& [verb, request] :
       {std::pair<const char*, Json>{"route", {{"models", "gemma-3-12b"}, {"prompt_mix", mix}}},
        {"pack", {{"setup", "rtx 4090"}, {"models", {"gemma-3-12b"}}, {"prompt_mix", mix}}},
        {"advise", {{"needs", needs}}}}) {
    Json with = request;
    with["results"] = Json::array({demo_results()});
    const Result<Json> answer = run_verb(house(), verb, with);
    ASSERT_FALSE(answer) << verb;
    EXPECT_EQ(answer.error().code, ErrorCode::invalid_input) << verb;
    EXPECT_THAT(answer.error().message, HasSubstr("demonstration")) << verb;
  }
}

TEST(EvalReport, SaysWhatItCannotRead) {
  const auto refused = [](const Json& request) {
    const Result<Json> answer = run_verb(house(), "eval_report", request);
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  };
  EXPECT_THAT(refused(Json::object()).message, HasSubstr("results"));
  EXPECT_THAT(refused({{"results", example()}, {"reference", "claude-sonet-4.6"}}).did_you_mean,
              Contains("claude-sonnet-4.6"));
  EXPECT_THAT(refused({{"results", example()}, {"roles", "develper"}}).did_you_mean, Contains("developer"));
  EXPECT_THAT(refused({{"results", {{"format", "x"}}}}).where, HasSubstr("results"));
  EXPECT_THAT(refused({{"results", example()}, {"treshold", 0.5}}).did_you_mean, Contains("threshold"));
}

}  // namespace
}  // namespace rigwise
