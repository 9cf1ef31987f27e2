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
