#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json predicted(const Json& request) {
  const Result<Json> answer = run_verb(house(), "predict", request);
  EXPECT_TRUE(answer) << request << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

std::string why_not(const Json& answer) { return answer["why_not"].is_null() ? "" : answer["why_not"]; }

TEST(PredictVerb, WeightsBeyondTheCardRunWithTheHostsRam) {
  for (const char* model : {"llama-3.3-70b", "gpt-oss-120b"}) {
    const Json answer = predicted({{"model", model}, {"setup", "rtx 4090"}});
    EXPECT_EQ(answer["fits"], "no") << model;
    ASSERT_TRUE(answer["offload"].is_object()) << model;
    EXPECT_THAT(why_not(answer), HasSubstr("in the host's RAM")) << model;
    const Json& memory = answer["memory"];
    const double missing = memory["total_bytes"].get<double>() - memory["available_bytes"].get<double>();
    EXPECT_GE(answer["offload"]["weights_bytes"].get<double>(), missing);
    EXPECT_LT(answer["offload"]["weights_bytes"].get<double>(), memory["weights_bytes"].get<double>());
    EXPECT_GE(answer["offload"]["host_ram_gib"].get<double>() * kGib, answer["offload"]["weights_bytes"].get<double>());
  }
}

TEST(PredictVerb, AMixturesExpertsGoToTheHostBeforeItsLayers) {
  const Json request = {{"model", "gpt-oss-120b"}, {"setup", "rtx 4090"}};
  const auto with = [&](const char* key, const char* value) {
    Json asked = request;
    asked[key] = value;
    return predicted(asked);
  };
  const Json experts = with("offload", "experts"), layers = with("offload", "layers");
  EXPECT_EQ(experts["offload"]["kind"], "experts");
  EXPECT_EQ(layers["offload"]["kind"], "layers");
  EXPECT_GT(experts["decode"]["value"].get<double>(), 1.2 * layers["decode"]["value"].get<double>());
  EXPECT_EQ(predicted(request)["decode"], experts["decode"]) << "llama.cpp's own habit";
  EXPECT_EQ(with("engine", "ollama")["offload"]["kind"], "layers");
}

TEST(PredictVerb, QualityLossIsSaidOnlyWhenAsked) {
  Json request = {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4090"}};
  EXPECT_TRUE(predicted(request)["quality_loss"].is_null());
  request["quality_loss"] = true;
  const Json loss = predicted(request)["quality_loss"];
  ASSERT_TRUE(loss.is_object());
  EXPECT_GT(loss["perplexity_increase"]["value"].get<double>(), 0.003);
  EXPECT_LT(loss["perplexity_increase"]["value"].get<double>(), 0.04);
  EXPECT_FALSE(loss["evidence"].empty());
  request["quant"] = "q2_k";
  EXPECT_GT(predicted(request)["quality_loss"]["perplexity_increase"]["value"].get<double>(),
            3 * loss["perplexity_increase"]["value"].get<double>());
}

TEST(PredictVerb, ACacheBeyondTheCardIsNotTheHostsBusiness) {
  const Json answer =
      predicted({{"model", "llama-3.3-70b"}, {"quant", "q4_k_m"}, {"setup", "rtx 4090"}, {"depth_tokens", 100000}});
  EXPECT_TRUE(answer["offload"].is_null());
  EXPECT_THAT(why_not(answer), HasSubstr("the KV cache"));
  EXPECT_THAT(answer["assumptions"].dump(), Not(HasSubstr("host's memory")));
}

TEST(PredictVerb, SharedMemoryHasNoHostBesideIt) {
  const Json answer =
      predicted({{"model", "llama-3.3-70b"}, {"quant", "q8_0"}, {"setup", "apple-mac-studio-m4-max-40c-64gb"}});
  EXPECT_TRUE(answer["offload"].is_null());
  EXPECT_THAT(why_not(answer), StartsWith("does not fit: short by"));
}

TEST(PredictVerb, MoreCardsThanAMachineHoldsAreSaidToBeACluster) {
  const auto cluster = [](const char* setup) {
    return predicted({{"model", "llama-3.1-8b"}, {"setup", setup}})["assumptions"].dump();
  };
  EXPECT_THAT(cluster("16x rtx 4090"), HasSubstr("no machine of the catalog holds 16 such cards (8 at most)"));
  EXPECT_THAT(cluster("16x rtx 4090@100gbe"), HasSubstr("counted as a cluster over 100 Gigabit Ethernet"));
  EXPECT_THAT(cluster("8x rtx 4090"), Not(HasSubstr("no machine")));
}

TEST(PredictVerb, AnEngineThatCannotRunItGivesNoSpeed) {
  const Json requests[] = {
      {{"model", "llama-3.1-8b"}, {"quant", "fp8"}, {"setup", "m3 ultra 80c 256gb"}, {"engine", "tensorrt-llm"}},
      {{"model", "llama-3.1-8b"}, {"quant", "mlx-4bit-g64"}, {"setup", "rtx 4090"}, {"engine", "mlx"}},
      {{"model", "llama-3.1-8b"}, {"quant", "q4_k_m"}, {"setup", "strix halo"}, {"backend", "cuda"}},
      {{"model", "llama-3.1-8b"},
       {"quant", "fp8"},
       {"setup", "2x h100"},
       {"engine", "vllm"},
       {"split", "expert_parallel"}}};
  for (Json request : requests) {
    if (request["setup"] == "m3 ultra 80c 256gb") request["setup"] = "apple-mac-studio-m3-ultra-80c-256gb";
    if (request["setup"] == "2x h100") request["setup"] = "2x nvidia-h100-sxm-80gb";
    const Json answer = predicted(request);
    ASSERT_TRUE(answer.contains("decode")) << request;
    EXPECT_FALSE(answer["runs"].get<bool>()) << request;
    EXPECT_FALSE(why_not(answer).empty()) << request;
    for (const char* key : {"decode", "decode_total", "prefill", "ttft_s", "e2e_s", "bound"})
      EXPECT_TRUE(answer[key].is_null()) << request << " " << key;
    EXPECT_TRUE(answer["evidence"].empty()) << request;
  }
}

TEST(PredictVerb, SeveralDevicesGetAnEngineThatUsesThemAll) {
  const Json answer = predicted(
      {{"model", "qwen3-235b-a22b"}, {"quant", "mlx-4bit-g64"}, {"setup", "4x apple-mac-studio-m3-ultra-80c-512gb"}});
  EXPECT_EQ(answer["request"]["engine"], "exo");
}

TEST(PredictVerb, ADraftModelTakesMemory) {
  const Json request = {{"model", "llama-3.1-8b"}, {"quant", "q8_0"}, {"setup", "rtx 4070 ti"}};
  Json guessing = request;
  guessing["speculative"] = "llama-3.2-3b";
  const Json plain = predicted(request), with = predicted(guessing);
  EXPECT_EQ(plain["memory"]["draft_bytes"], 0);
  EXPECT_GT(with["memory"]["draft_bytes"].get<double>(), 3e9) << "3.2B parameters in 8 bits";
  EXPECT_EQ(with["memory"]["total_bytes"].get<double>(),
            plain["memory"]["total_bytes"].get<double>() + with["memory"]["draft_bytes"].get<double>());
  EXPECT_EQ(plain["fits"], "fits");
  EXPECT_EQ(with["fits"], "tight") << "12 GB hold the model, and hardly its draft besides";
}

TEST(PredictVerb, ADraftOfAnotherVocabularyIsDoubted) {
  const auto doubts = [](const char* draft) {
    const Json answer =
        predicted({{"model", "llama-3.1-70b"}, {"quant", "q4_k_m"}, {"setup", "rtx 6000 ada"}, {"speculative", draft}});
    return answer["assumptions"].dump().find("vocabularies differ") != std::string::npos;
  };
  EXPECT_TRUE(doubts("qwen2.5-0.5b"));
  EXPECT_FALSE(doubts("llama-3.2-1b"));
}

TEST(FitVerb, SaysWhatTheHostsRamMakesOfAModelThatDoesNotFit) {
  const Result<Json> answer =
      run_verb(house(), "fit", {{"models", {"gpt-oss-120b", "llama-3.1-8b"}}, {"setups", "rtx 4090"}});
  ASSERT_TRUE(answer);
  const Json& best = (*answer)["best"];
  EXPECT_TRUE(best[0]["quant"].is_null());
  EXPECT_GT(best[0]["offload"]["decode"]["value"].get<double>(), 1);
  EXPECT_FALSE(best[1].contains("offload"));
}

}  // namespace
}  // namespace rigwise
