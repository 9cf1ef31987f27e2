#include "verbs/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "host/catalog_io/load.h"
#include "verbs/explanation.h"
#include "verbs/formula.h"

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

Json explained(const std::string& key, const Json& request, const std::string& verb = "predict") {
  const Result<Json> answer = run_verb(house(), "explain", {{"verb", verb}, {"key", key}, {"request", request}});
  EXPECT_TRUE(answer) << key << " " << request.dump() << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

/// Unlike machines: one card, several under each engine, a mixture, latent and hybrid attention, unified memory.
const Json kRequests[] = {
    {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4090"}},
    {{"model", "llama-3.1-8b"}, {"quant", "f16"}, {"setup", "rtx 4090"}, {"concurrency", 8}, {"depth_tokens", 4096}},
    {{"model", "gpt-oss-120b"}, {"setup", "strix halo"}, {"prompt_tokens", 8192}},
    {{"model", "glm-4.7-flash"},
     {"quant", "q4_k_m"},
     {"setup", "apple-mac-studio-m4-max-40c-128gb"},
     {"depth_tokens", 16384}},
    {{"model", "qwen3-next-80b-a3b"}, {"quant", "mlx-4bit-g64"}, {"setup", "apple-mac-studio-m3-ultra-80c-256gb"}},
    {{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"setup", "2x rtx 3090"}},
    {{"model", "llama-3.1-70b"},
     {"quant", "awq-4bit-g128"},
     {"setup", "4x rtx 4090"},
     {"engine", "vllm"},
     {"concurrency", 16}},
    {{"model", "gemma-3-27b"}, {"quant", "q4_0"}, {"setup", "amd-radeon-rx-7900-xtx"}},
    {{"model", "llama-3.1-405b"}, {"quant", "q4_k_m"}, {"setup", "4x framework-desktop-max-395-128gb"}},
    {{"model", "qwen2.5-7b"}, {"quant", "q4_0"}, {"setup", "raspberry-pi-5-8gb"}},
    {{"model", "nemotron-3-nano-30b-a3b"}, {"quant", "bf16"}, {"setup", "dgx spark"}},
    {{"model", "glm-4.7-flash"}, {"quant", "q4_k_m"}, {"setup", "intel-arc-pro-b70"}, {"depth_tokens", 16384}},
    {{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"setup", "rtx 6000 ada"}, {"speculative", "llama-3.2-1b"}},
    {{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4090"}},
    {{"model", "gpt-oss-120b"}, {"setup", "rtx 4090"}, {"prompt_tokens", 4096}},
    {{"model", "llama-3.1-8b"},
     {"quant", "q4_k_m"},
     {"setup", "rtx 4090"},
     {"speculative", "ngram"},
     {"acceptance", 1},
     {"concurrency", 4}},
};

bool is_found_by_trying(const std::string& key) {
  return key == "memory.max_context_tokens" || key == "memory.max_sequences";
}

TEST(Explain, StepsGiveEveryNumberAgain) {
  for (const Json& request : kRequests) {
    for (const std::string& key : explained_keys()) {
      const Json answer = explained(key, request);
      ASSERT_TRUE(answer.contains("steps")) << key << " " << request;
      if (is_found_by_trying(key) || answer["value"].is_null()) continue;
      Symbols names;
      for (const Json& input : answer["inputs"]) names[input["symbol"].get<std::string>()] = input["value"];
      double last = 0;
      for (const Json& step : answer["steps"]) {
        const std::string formula = step["formula"];
        const std::optional<double> sum = evaluate(formula, names);
        ASSERT_TRUE(sum) << key << ": " << formula;
        last = *sum;
        const double stated = step["value"];
        EXPECT_NEAR(last, stated, std::fabs(stated) * 1e-6 + 1e-12)
            << key << " of " << request << ": " << step["symbol"] << " = " << formula;
        names[step["symbol"].get<std::string>()] = last;
      }
      if (!answer["value"].is_number()) continue;
      EXPECT_NEAR(last, answer["value"].get<double>(), std::fabs(last) * 1e-6 + 1e-12) << key << " " << request;
    }
  }
}

TEST(Explain, NamesASourceForEveryInput) {
  for (const Json& request : kRequests) {
    for (const std::string& key : explained_keys()) {
      const Json explanation = explained(key, request);
      for (const Json& input : explanation["inputs"]) {
        EXPECT_FALSE(input["source"]["kind"].get<std::string>().empty()) << key << " " << input;
        EXPECT_FALSE(input["source"]["ref"].get<std::string>().empty()) << key << " " << input;
        EXPECT_FALSE(input["unit"].is_null()) << key << " " << input;
      }
    }
  }
}

TEST(Explain, OfASpeedShowsDeviceFactsConstantsAndRuns) {
  const Json answer = explained("decode", kRequests[0]);
  bool bandwidth = false;
  for (const Json& input : answer["inputs"]) {
    const bool named = input["name"].get<std::string>().find("RTX 4090") != std::string::npos;
    if (named && input["value"] == 1008e9) bandwidth = true;
  }
  EXPECT_TRUE(bandwidth) << answer["inputs"];
  EXPECT_FALSE(answer["constants"].empty());
  EXPECT_FALSE(answer["terms"].empty());
  EXPECT_FALSE(answer["measurements"].empty());
}

TEST(Explain, SplitsAWholeRequestIntoItsPromptAndItsAnswer) {
  const Json answer = explained("e2e_s", kRequests[0]);
  double prompt = 0, words = 0;
  for (const Json& term : answer["terms"]) {
    const std::string name = term["name"];
    (name.starts_with("prefill ") ? prompt : words) += term["seconds"].get<double>();
  }
  const Json plain = explained("decode", kRequests[0]);
  EXPECT_NEAR(words, 128 / plain["value"].get<double>(), 0.3 * words) << "128 tokens of answer";
  EXPECT_GT(prompt, 0);
}

TEST(Explain, CitesNoTimedRunForBytes) {
  EXPECT_TRUE(explained("memory.kv_cache_bytes", kRequests[0])["measurements"].empty());
}

TEST(Explain, CitesRunsOfTheSamePhaseAndWhatItSaysAboutThem) {
  for (const auto& [key, phase] : {std::pair("decode", "decode"), {"prefill", "prefill"}}) {
    const Json runs = explained(key, kRequests[0])["measurements"];
    ASSERT_FALSE(runs.empty()) << key;
    for (const Json& run : runs) EXPECT_EQ(run["phase"], phase) << run;
    EXPECT_TRUE(runs[0]["predicted"].is_object()) << runs[0];
    EXPECT_NEAR(std::log(runs[0]["predicted"]["value"].get<double>() / runs[0]["tokens_per_s"].get<double>()), 0, 1);
  }
}

TEST(Explain, ValuesAreThoseOfThePrediction) {
  const Result<Json> predicted = run_verb(house(), "predict", kRequests[0]);
  ASSERT_TRUE(predicted);
  EXPECT_EQ(explained("decode", kRequests[0])["value"], (*predicted)["decode"]["value"]);
  EXPECT_EQ(explained("memory.kv_cache_bytes", kRequests[0])["value"], (*predicted)["memory"]["kv_cache_bytes"]);
  EXPECT_EQ(explained("bound", kRequests[0])["value"], (*predicted)["bound"]);
}

TEST(Explain, AnswersForFitAndCompareToo) {
  const Json fit = {
      {"models", {"llama-3.1-8b"}}, {"quants", {"q8_0"}}, {"setups", {"rtx 4090"}}, {"context_tokens", 8192}};
  EXPECT_EQ(explained("total_gb", fit, "fit")["key"], "memory.total_bytes");
  const Json compare = {{"models", "llama-3.1-8b"}, {"setups", {"rtx 4090"}}, {"workload", {{"concurrency", 2}}}};
  EXPECT_EQ(explained("decode_total", compare, "compare")["request"]["concurrency"], 2);
  const Result<Json> two =
      run_verb(house(), "explain",
               {{"verb", "fit"},
                {"key", "decode"},
                {"request", {{"models", {"llama-3.1-8b", "gpt-oss-20b"}}, {"setups", "rtx 4090"}}}});
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error().where, HasSubstr("models"));
}

TEST(Explain, OffersTheNearestKey) {
  const Result<Json> answer = run_verb(house(), "explain", {{"key", "decod"}, {"request", kRequests[0]}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::not_found);
  EXPECT_THAT(answer.error().did_you_mean, Contains("decode"));
}

TEST(Explain, RefusesAnUnknownNameWhereItStands) {
  const Result<Json> answer =
      run_verb(house(), "explain", {{"key", "decode"}, {"request", {{"model", "llama-3.1-8b"}, {"setup", "rtx 409"}}}});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().where, HasSubstr("setup"));
}

}  // namespace
}  // namespace rigwise
