#include "verbs/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json asked(const char* text) {
  const Result<Json> request = parse_json(text);
  EXPECT_TRUE(request) << text;
  const Result<Json> answer = run_verb(house(), "capacity", *request);
  EXPECT_TRUE(answer) << text << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

Error refusal(const char* text) {
  const Result<Json> request = parse_json(text);
  EXPECT_TRUE(request) << text;
  const Result<Json> answer = run_verb(house(), "capacity", *request);
  EXPECT_FALSE(answer) << text;
  return answer ? Error{} : answer.error();
}

double largest(const Json& answer) { return answer["largest"]["value"].get<double>(); }

TEST(CapacityVerb, TheLargestTeamHoldsAndALargerOneDoesNot) {
  const Json answer = asked(
      R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "engine": "vllm", "workload": {"people": [{"role": "manager", "count": 20}]}})");
  ASSERT_GT(largest(answer), 1);
  const Json sizes = answer["sizes"];
  for (const Json& size : sizes) {
    EXPECT_EQ(size["holds"].get<bool>(), size["size"].get<double>() <= largest(answer)) << size["size"];
  }
  EXPECT_EQ(answer["unit"], "people");
  EXPECT_LE(answer["largest"]["low"].get<double>(), largest(answer));
  EXPECT_GE(answer["largest"]["high"].get<double>(), largest(answer));
}

TEST(CapacityVerb, AnswersTheSameTwice) {
  const char* request =
      R"({"setup": "strix halo", "models": "gpt-oss-20b", "workload": {"requests_per_s": 0.2}, "requests": 2000})";
  EXPECT_EQ(asked(request).dump(), asked(request).dump());
}

TEST(CapacityVerb, OneUserAloneWaitsAsPredictSays) {
  // predict's decode and time to first token of one stream; lengths do not vary.
  const Json answer = asked(
      R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "quant": "q4_k_m", "slots": 1, "requests": 300, "workload": {"users": 1, "prompt_tokens": 1000, "output_tokens": 200, "length_cv": 0}})");
  const Result<Json> predicted = run_verb(house(), "predict",
                                          {{"setup", "rtx 4090"},
                                           {"model", "llama-3.1-8b"},
                                           {"quant", "q4_k_m"},
                                           {"prompt_tokens", 1000},
                                           {"output_tokens", 200}});
  ASSERT_TRUE(predicted);
  const Json run = answer["stated"]["models"][0];
  EXPECT_NEAR(run["tpot_s"]["mean"].get<double>() * (*predicted)["decode"]["value"].get<double>(), 1, 0.02);
  EXPECT_NEAR(run["ttft_s"]["mean"].get<double>() / (*predicted)["ttft_s"]["value"].get<double>(), 1, 0.02);
  EXPECT_NEAR(run["e2e_s"]["mean"].get<double>() / (*predicted)["e2e_s"]["value"].get<double>(), 1, 0.02);
}

TEST(CapacityVerb, BusyStreamsGiveWhatPredictSaysForAllStreams) {
  const Json answer = asked(
      R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "quant": "q4_k_m", "slots": 8, "requests": 1000, "context_tokens": 4096, "workload": {"users": 8, "prompt_tokens": 16, "output_tokens": 2000, "length_cv": 0}})");
  const Result<Json> predicted = run_verb(house(), "predict",
                                          {{"setup", "rtx 4090"},
                                           {"model", "llama-3.1-8b"},
                                           {"quant", "q4_k_m"},
                                           {"concurrency", 8},
                                           {"prompt_tokens", 16},
                                           {"output_tokens", 2000}});
  ASSERT_TRUE(predicted);
  const double total = (*predicted)["decode_total"]["value"].get<double>();
  EXPECT_NEAR(answer["stated"]["models"][0]["output_tokens_per_s"].get<double>() / total, 1, 0.02);
}

TEST(CapacityVerb, OllamaQueuesWhatLlamaCppServesAtOnce) {
  const char* kFour = R"("models": "llama-3.1-8b", "quant": "q4_k_m", "workload": {"requests_per_s": 0.5}})";
  const Json serial = asked((R"({"setup": "rtx 4090", "engine": "ollama", )" + std::string(kFour)).c_str());
  const Json slots = asked((R"({"setup": "rtx 4090", "engine": "llama.cpp", )" + std::string(kFour)).c_str());
  EXPECT_EQ(serial["models"][0]["policy"]["sequences"], 1);
  EXPECT_EQ(serial["binding"]["kind"], "queue");
  EXPECT_LT(1.5 * largest(serial), largest(slots));
}

TEST(CapacityVerb, WhatIsCachedServesMorePeople) {
  const char* kFormat =
      R"({"setup": "rtx 5090", "models": "llama-3.1-8b", "engine": "vllm", "workload": {"people": [{"role": "developer", "count": 4}], "prefix_hit": %})";
  const auto with = [&](const char* share) {
    std::string text = kFormat;
    text.replace(text.find('%'), 1, share);
    return largest(asked((text + "}").c_str()));
  };
  EXPECT_GT(with("0.9"), 2 * with("0"));
}

TEST(CapacityVerb, AgentsMultiplyWhatAPersonAsks) {
  const Json people = asked(
      R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"people": [{"role": "admin", "count": 3}], "agents": 4}})");
  const Json more = asked(
      R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"people": [{"role": "admin", "count": 12}]}})");
  EXPECT_DOUBLE_EQ(people["models"][0]["load"]["requests_per_s"].get<double>(),
                   more["models"][0]["load"]["requests_per_s"].get<double>());
  EXPECT_NEAR(4 * largest(people), largest(more), 0.05 * largest(more) + 4);
}

TEST(CapacityVerb, AnOverloadIsAnAnswerWithTheLargestThatHolds) {
  const Json answer = asked(R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"requests_per_s": 500}})");
  EXPECT_FALSE(answer["holds"].get<bool>());
  EXPECT_TRUE(answer["stated"]["overloaded"].get<bool>());
  EXPECT_THAT(answer["why_not"].get<std::string>(), HasSubstr("more comes than it can serve"));
  EXPECT_LT(largest(answer), 100);
}

TEST(CapacityVerb, WhatDoesNotFitIsAnAnswer) {
  const Json answer = asked(R"({"setup": "rtx 4090", "models": "llama-3.1-405b", "workload": {"users": 1}})");
  EXPECT_FALSE(answer["holds"].get<bool>());
  EXPECT_THAT(answer["why_not"].get<std::string>(), HasSubstr("does not fit"));
  EXPECT_TRUE(answer["largest"].is_null());
}

TEST(CapacityVerb, TwoModelsShareTheMemoryAndTheTime) {
  const Json both = asked(
      R"({"setup": "rtx 5090", "models": [{"model": "llama-3.1-8b"}, {"model": "qwen3-8b"}], "engine": "vllm", "quant": "awq-4bit-g128", "workload": {"users": 4}})");
  const Json alone = asked(
      R"({"setup": "rtx 5090", "models": "llama-3.1-8b", "engine": "vllm", "quant": "awq-4bit-g128", "workload": {"users": 4}})");
  const auto tokens = [](const Json& model) { return model["policy"]["kv_cache_tokens"].get<double>(); };
  EXPECT_LT(tokens(both["models"][0]), 0.7 * tokens(alone["models"][0]));
  EXPECT_GT(both["stated"]["models"][0]["tpot_s"]["p50"].get<double>(),
            1.5 * alone["stated"]["models"][0]["tpot_s"]["p50"].get<double>());
}

TEST(CapacityVerb, SaysWhichWordIsWrong) {
  EXPECT_EQ(refusal(R"({"setup": "rtx 4090", "models": "llama-3.1-8b"})").where, "workload");
  EXPECT_THAT(
      refusal(R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"people": [{"role": "develper"}]}})")
          .did_you_mean,
      testing::Contains("developer"));
  EXPECT_EQ(refusal(R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"requests_per_s": 0}})").where,
            "workload.requests_per_s");
  EXPECT_EQ(
      refusal(R"({"setup": "rtx 4090", "models": [{"model": "llama-3.1-8b", "slot": 3}], "workload": {"users": 1}})")
          .where,
      "models[0].slot");
  EXPECT_EQ(
      refusal(
          R"({"setup": "rtx 4090", "models": [{"model": "llama-3.1-8b", "workload": {"users": 1, "think_s": -1}}]})")
          .where,
      "models[0].workload.think_s");
  EXPECT_THAT(refusal(R"({"setup": "rtx 4090", "models": "llama-3.1-9b", "workload": {"users": 1}})").message,
              StartsWith("no model is called"));
}

}  // namespace
}  // namespace rigwise
