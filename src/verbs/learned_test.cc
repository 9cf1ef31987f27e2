#include "verbs/learned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "codec/measurement_csv.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

/// A CSV of one run; `phase_and_more` is "decode,,128,0,1,120".
std::string csv(const std::string& hardware, const std::string& model, const std::string& phase_and_more,
                const std::string& backend = "cuda") {
  return std::string(kMeasurementColumns) + "\nown-1," + hardware + ",1,," + model + ",q4_k_m,llama.cpp,b9000," +
         backend + "," + phase_and_more + ",,,2026-11-21,own run,line 1,high\n";
}

Json predicted(Json request, const std::string& measurements = {}) {
  if (!measurements.empty()) request["measurements"] = measurements;
  const Result<Json> answer = run_verb(house(), "predict", request);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

double log_width(const Json& estimate) {
  return std::log(estimate["high"].get<double>() / estimate["low"].get<double>());
}

struct Asked {
  const char *setup, *model, *backend;
};

/// A run of the asked set-up that is a tenth slower than predicted, in a phase.
std::string slower_run(const Asked& asked, const char* phase) {
  const Json request = {{"model", asked.model}, {"quant", "q4_k_m"}, {"setup", asked.setup}, {"prompt_tokens", 512}};
  const double value = predicted(request)[phase]["value"];
  const std::string workload = std::string(phase) == "decode" ? "decode,,128,0,1," : "prefill,512,0,0,1,";
  return csv(asked.setup, asked.model, workload + std::to_string(0.9 * value), asked.backend);
}

TEST(Learned, OneRunAtLeastHalvesTheBandOfItsSetup) {
  // Cards and chips on which nobody published this model; an APU whose models were measured a hundred times.
  for (const Asked& asked : {Asked{"rtx 4080", "llama-3.1-8b", "cuda"}, Asked{"rtx 5070 ti", "qwen2.5-7b", "cuda"},
                             Asked{"rx 7900 xt", "llama-3.1-8b", "rocm"},
                             Asked{"apple-macbook-pro-14-m5-pro-20c-64gb", "gemma-3-12b", "metal"}}) {
    const Json request = {
        {"model", asked.model}, {"quant", "q4_k_m"}, {"setup", asked.setup}, {"backend", asked.backend}};
    const Json before = predicted(request);
    const Json after = predicted(request, slower_run(asked, "decode"));
    EXPECT_LE(log_width(after["decode"]), 0.5 * log_width(before["decode"])) << asked.setup;
    EXPECT_EQ(after["decode"]["tier"], "T0") << asked.setup;
    EXPECT_EQ(after["decode"]["basis"], "measured");
    EXPECT_THAT(after["decode"]["evidence"].get<std::vector<std::string>>(), ElementsAre("own-1"));
    EXPECT_EQ(after["evidence"][0], "own-1");
    EXPECT_EQ(after["learned"]["used"], 1);
  }
}

TEST(Learned, OneRunOfAPromptAtLeastHalvesTheBandOfPrefill) {
  const Asked asked{"rtx 4080", "llama-3.1-8b", "cuda"};
  const Json request = {{"model", asked.model}, {"quant", "q4_k_m"}, {"setup", asked.setup}};
  const Json before = predicted(request);
  const Json after = predicted(request, slower_run(asked, "prefill"));
  EXPECT_LE(log_width(after["prefill"]), 0.5 * log_width(before["prefill"]));
  EXPECT_EQ(after["prefill"]["tier"], "T0");
  EXPECT_EQ(after["decode"]["value"], before["decode"]["value"]) << "only the prompt was measured";
}

TEST(Learned, ASlowMachineThatDoesWhatIsPredictedIsBelieved) {
  // A small processor takes in prompts at less than a hundredth of what its arithmetic allows.
  const Asked asked{"raspberry-pi-5-8gb", "llama-3.1-8b", "cpu"};
  const Json after =
      predicted({{"model", asked.model}, {"quant", "q4_k_m"}, {"setup", asked.setup}}, slower_run(asked, "prefill"));
  EXPECT_EQ(after["prefill"]["tier"], "T0") << after["learned"].dump();
}

TEST(Learned, AWholeBuildIsMeasuredAsOneMachine) {
  const Asked asked{"seed-pc-dual-rtx-5090", "llama-3.1-8b", "cuda"};
  const Json after =
      predicted({{"model", asked.model}, {"quant", "q4_k_m"}, {"setup", asked.setup}}, slower_run(asked, "decode"));
  EXPECT_EQ(after["decode"]["tier"], "T0");
}

TEST(Learned, NoBandGrowsWider) {
  const std::string run = slower_run({"rtx 4080", "llama-3.1-8b", "cuda"}, "decode");
  for (const char* model : {"llama-3.1-8b", "qwen2.5-7b", "qwen3-8b", "gpt-oss-20b"}) {
    for (const char* quant : {"q4_k_m", "q8_0"}) {
      for (const double depth : {0.0, 32768.0}) {
        const Json request = {{"model", model}, {"quant", quant}, {"setup", "rtx 4080"}, {"depth_tokens", depth}};
        const Json before = predicted(request), after = predicted(request, run);
        const auto below = [](const Json& e) { return std::log(e["value"].get<double>() / e["low"].get<double>()); };
        EXPECT_LE(below(after["decode"]), below(before["decode"]) + 1e-9) << model << " " << quant << " " << depth;
        // A band that the ceiling cuts off gains room above when its value moves down.
        if (before["decode"]["high"].get<double>() >= 0.999 * before["ceiling"]["decode"].get<double>()) continue;
        EXPECT_LE(log_width(after["decode"]), log_width(before["decode"]) + 1e-9)
            << model << " " << quant << " " << depth;
      }
    }
  }
}

TEST(Learned, EveryVerbThatPredictsTakesMeasurements) {
  const std::string run = slower_run({"rtx 4080", "llama-3.1-8b", "cuda"}, "decode");
  const Json inner = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4080"}};
  const std::pair<const char*, Json> requests[] = {
      {"predict", inner},
      {"fit", {{"models", {"llama-3.1-8b"}}, {"quants", {"q4_k_m"}}, {"setups", {"rtx 4080"}}}},
      {"compare", {{"models", {"llama-3.1-8b"}}, {"setups", {"rtx 4080"}}}},
      {"check", {{"claim", "Llama 3.1 8B Q4_K_M at 90 tok/s on RTX 4080"}}},
      {"explain", {{"key", "decode"}, {"request", inner}}},
      {"advise",
       {{"needs", {{"budget", {{"max", 2000}}}, {"targets", {{{"model", "llama-3.1-8b"}, {"tokens_per_s", 20}}}}}}}}};
  for (const auto& [verb, request] : requests) {
    Json with = request;
    with["measurements"] = run;
    const Result<Json> answer = run_verb(house(), verb, with);
    ASSERT_TRUE(answer) << verb << ": " << answer.error().message;
    EXPECT_EQ((*answer)["learned"]["used"], 1) << verb;
  }
}

TEST(Learned, ARunThatIsNotUsedIsNoEvidence) {
  const Json request = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4080"}};
  const std::string run = csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1,95");
  EXPECT_THAT(predicted(request, run)["evidence"], Contains("own-1"));
  std::string marked = run, impossible = run;
  const std::string cells = ",95,,,2026-11-21,";
  ASSERT_NE(marked.find(cells), std::string::npos);
  marked.replace(marked.find(cells), cells.size(), ",95,OUTLIER: something else was the limit,,2026-11-21,");
  impossible.replace(impossible.find(cells), 3, ",9500");
  for (const std::string& refused : {marked, impossible}) {
    const Json answer = predicted(request, refused);
    ASSERT_EQ(answer["learned"]["used"], 0) << refused;
    EXPECT_THAT(answer["evidence"], testing::Not(Contains("own-1"))) << refused;
    EXPECT_FALSE(answer["evidence"].empty());
  }
}

TEST(Learned, AClaimIsHeldAgainstTheUsersOwnRun) {
  const Json request = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4080"}};
  const double expected = predicted(request)["decode"]["value"];
  const std::string run = csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1," + std::to_string(0.8 * expected));
  const auto judged = [&](double speed) {
    Json claim = request;
    claim["tokens_per_s"] = speed;
    claim["measurements"] = run;
    return *run_verb(house(), "check", claim);
  };
  EXPECT_EQ(judged(0.8 * expected)["verdict"], "matches_evidence");
  EXPECT_THAT(judged(0.8 * expected)["because"].get<std::string>(), HasSubstr("agrees with own-1"));
  const Json slow = judged(0.45 * expected);
  EXPECT_EQ(slow["verdict"], "implausible") << slow["because"];
  EXPECT_THAT(slow["because"].get<std::string>(), HasSubstr("Your own run own-1 measured"));
}

TEST(Learned, ExplainNamesTheRunAndWhatItMoved) {
  const std::string run = slower_run({"rtx 4080", "llama-3.1-8b", "cuda"}, "decode");
  const Json inner = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4080"}, {"measurements", run}};
  const Result<Json> answer = run_verb(house(), "explain", {{"key", "decode"}, {"request", inner}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["measurements"][0]["id"], "own-1");
  bool said = false;
  for (const Json& constant : (*answer)["constants"]) said = said || constant["from"] == "own runs own-1";
  EXPECT_TRUE(said) << (*answer)["constants"].dump();
}

TEST(Learned, ARunThatTeachesNothingIsReportedWithItsReason) {
  const Json answer = predicted({{"model", "llama-3.1-8b"}, {"setup", "rtx 4080"}},
                                csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1,900"));
  EXPECT_EQ(answer["learned"]["used"], 0);
  EXPECT_EQ(answer["learned"]["refused"][0]["reason"], "above_ceiling");
  EXPECT_THAT(answer["learned"]["refused"][0]["message"].get<std::string>(), HasSubstr("900 tok/s is above 15"));
}

TEST(Learned, ARowWithABadCellIsAnErrorAtItsLine) {
  const Json request = {{"model", "llama-3.1-8b"},
                        {"setup", "rtx 4080"},
                        {"measurements", csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1,fast")}};
  const Result<Json> answer = run_verb(house(), "predict", request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().where, "measurements:2");
  EXPECT_THAT(answer.error().message, HasSubstr("fast"));
}

TEST(Learned, ValidateJudgesByWhatWasPublished) {
  House own = house();
  const auto rows = decode_own_measurements(csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1,100"), "mine.csv");
  ASSERT_TRUE(rows);
  own.catalog.measurements = *rows;
  const auto before = run_verb(own, "validate", {{"rows", true}});
  learn_overlays(own);
  const auto after = run_verb(own, "validate", {{"rows", true}});
  ASSERT_TRUE(before && after);
  EXPECT_EQ((*before)["rows_csv"], (*after)["rows_csv"]) << "or every run would find itself";
}

TEST(Learned, RowsLaidOverTheCatalogTeachAsWell) {
  House own = house();
  const auto rows = decode_own_measurements(csv("rtx 4080", "llama-3.1-8b", "decode,,128,0,1,100"), "mine.csv");
  ASSERT_TRUE(rows);
  own.catalog.measurements.push_back(rows->front());
  EXPECT_TRUE(learn_overlays(own).empty());
  const Result<Json> answer = run_verb(own, "predict", {{"model", "llama-3.1-8b"}, {"setup", "rtx 4080"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["decode"]["tier"], "T0");
  EXPECT_FALSE(answer->contains("learned")) << "nothing came with the request";
}

}  // namespace
}  // namespace rigwise
