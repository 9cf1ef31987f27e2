#include "verbs/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json packed(const Json& request) {
  const Result<Json> answer = run_verb(house(), "pack", request);
  EXPECT_TRUE(answer) << request << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

Error refused(const Json& request) {
  const Result<Json> answer = run_verb(house(), "pack", request);
  EXPECT_FALSE(answer) << request;
  return answer ? Error{} : answer.error();
}

std::vector<int> on(const Json& answer, const std::string& model) {
  for (const Json& entry : answer["models"]) {
    if (entry["model"] == model) return entry["on"].get<std::vector<int>>();
  }
  return {};
}

TEST(Pack, S4_18LoadsAMixtureACoderAndAVisionModelOnOneProCard) {
  // The seed: ~65 + ~18 + ~5 GB on 96 GB, 8 free.
  const Json answer =
      packed({{"setup", "rtx pro 6000"}, {"models", {"gpt-oss-120b", "qwen3-coder-30b-a3b", "qwen2.5-vl-7b"}}});
  EXPECT_EQ(answer["fits"], true);
  const Json& card = answer["devices"][0];
  const double loaded = card["weights_gb"].get<double>();
  EXPECT_NEAR(loaded, 65 + 18 + 5, 4) << "the seed's three sizes";
  EXPECT_GT(card["free_gb"].get<double>(), 5);
}

TEST(Pack, S4_7PutsA70BOnTwoOfFourCardsAndTheOthersBeside) {
  const Json answer =
      packed({{"setup", "4x rtx 3090"}, {"models", {"llama-3.3-70b", "qwen3-32b", "qwen2.5-vl-7b", "qwen2.5-7b"}}});
  EXPECT_EQ(answer["fits"], true);
  EXPECT_EQ(on(answer, "llama-3.3-70b").size(), 2);
  EXPECT_EQ(on(answer, "qwen3-32b").size(), 1);
  EXPECT_EQ(on(answer, "qwen2.5-vl-7b").size(), 1);
  for (const int device : on(answer, "qwen3-32b")) {
    EXPECT_THAT(on(answer, "llama-3.3-70b"), Not(Contains(device)));
    EXPECT_THAT(on(answer, "qwen2.5-7b"), Not(Contains(device)));
  }
}

TEST(Pack, S3_10OptionBLeavesTensOfGigabytesFreeAndSharesTheMac) {
  // The seed gives GLM-4.7-Flash ~4 GB (I-30: 31 billion parameters are five times that), so less stays free here.
  const Json answer = packed({{"setup", "apple-mac-studio-m5-max-128gb-expected"},
                              {"models", {"qwen3-coder-next", "glm-4.7-flash"}},
                              {"reserve_gb", 20}});
  EXPECT_EQ(answer["fits"], true);
  EXPECT_NEAR(answer["models"][0]["weights_gb"].get<double>(), 46, 4);
  EXPECT_GT(answer["models"][1]["weights_gb"].get<double>(), 15);
  EXPECT_GT(answer["devices"][0]["free_gb"].get<double>(), 20);
  EXPECT_DOUBLE_EQ(answer["models"][0]["slowdown"].get<double>(), 2) << "both at work";
}

TEST(Pack, S3_10TheLargeMixtureDoesNotStayBesideTheCoder) {
  const Json answer = packed({{"setup", "apple-mac-studio-m5-max-128gb-expected"},
                              {"models", {"gpt-oss-120b", "qwen3-coder-next"}},
                              {"reserve_gb", 20}});
  EXPECT_EQ(answer["fits"], false);
  EXPECT_EQ(answer["models"][0]["loaded"], true) << "the best score of the evaluation";
  const Json& out = answer["models"][1];
  EXPECT_THAT(out["swap"]["unload"].dump(), HasSubstr("gpt-oss-120b"));
  EXPECT_GT(out["swap"]["load_s"].get<double>(), 5);
  EXPECT_LT(out["swap"]["load_s"].get<double>(), 15) << "the seed: 5 to 10 s";
}

TEST(Pack, TheMemoryMapAddsUpOnEveryDevice) {
  const Json answer = packed({{"setup", "2x rtx a6000 + rtx 4090"},
                              {"models", {"llama-3.3-70b", "qwen3-32b", "qwen3-8b"}},
                              {"services", {"embedding:2", "speech"}},
                              {"context_tokens", 16384},
                              {"concurrency", 2}});
  double total = 0;
  for (const Json& device : answer["devices"]) {
    double sum = 0;
    for (const char* key :
         {"kept_gb", "weights_gb", "kv_cache_gb", "compute_gb", "runtime_gb", "services_gb", "free_gb"}) {
      sum += device[key].get<double>();
    }
    EXPECT_NEAR(sum, device["capacity_gb"].get<double>(), 1e-6);
    EXPECT_GE(device["free_gb"].get<double>(), 0);
    for (const char* key : {"weights_gb", "kv_cache_gb", "compute_gb", "runtime_gb"})
      total += device[key].get<double>();
  }
  double models = 0;
  for (const Json& model : answer["models"])
    models += model["loaded"].get<bool>() ? model["total_gb"].get<double>() : 0;
  EXPECT_NEAR(total, models, 1e-6) << "what the models need is what the devices hold";
}

TEST(Pack, PinnedModelsStayWhereTheyArePinned) {
  const Json answer = packed({{"setup", "2x rtx a6000 + rtx 4090"},
                              {"models",
                               {{{"model", "llama-3.3-70b"}, {"pinned", true}, {"on", {0, 1}}},
                                {{"model", "qwen3-8b"}, {"on", "rtx a6000"}}}}});
  EXPECT_THAT(on(answer, "llama-3.3-70b"), ElementsAre(0, 1));
  EXPECT_LT(on(answer, "qwen3-8b").front(), 2);
}

TEST(Pack, WhatDoesNotFitSaysWhatWould) {
  const Json answer = packed({{"setup", "2x rtx 3090"},
                              {"models", {"qwen3-32b:q4_k_m", "gpt-oss-20b"}},
                              {"services", "embedding:2"},
                              {"context_tokens", 16384},
                              {"concurrency", 4}});
  EXPECT_EQ(answer["fits"], false);
  ASSERT_FALSE(answer["everything_fits_with"].empty());
  for (const Json& change : answer["everything_fits_with"]) {
    Json request = {
        {"setup", "2x rtx 3090"},
        {"models", {"qwen3-32b:q4_k_m", "gpt-oss-20b"}},
        {"services", "embedding:2"},
        {"context_tokens", change["change"] == "context_tokens" ? change["context_tokens"].get<int>() : 16384},
        {"concurrency", change["change"] == "streams" ? change["streams"].get<int>() : 4}};
    if (change["change"] == "quant") continue;
    EXPECT_EQ(packed(request)["fits"], true) << change;
  }
}

TEST(Pack, ALighterFormatThatIsNamedDoesFit) {
  const Json first = packed({{"setup", "rtx 3090"}, {"models", {"qwen3-32b:q6_k"}}});
  EXPECT_EQ(first["fits"], false);
  const Json& remedies = first["models"][0]["would_fit"];
  ASSERT_FALSE(remedies.empty());
  EXPECT_EQ(remedies[0]["change"], "quant");
  const Json second =
      packed({{"setup", "rtx 3090"}, {"models", {{{"model", "qwen3-32b"}, {"quant", remedies[0]["quant"]}}}}});
  EXPECT_EQ(second["fits"], true);
}

TEST(Pack, ModelsOnOneDeviceShareItByTheirDuties) {
  const auto contended = [&](double duty) {
    const Json answer =
        packed({{"setup", "rtx 5090"}, {"models", {"qwen3-8b", {{"model", "qwen2.5-7b"}, {"duty", duty}}}}});
    return answer["models"][0]["alone"]["decode"]["value"].get<double>() /
           answer["models"][0]["contended"]["decode"]["value"].get<double>();
  };
  EXPECT_NEAR(contended(1), 2, 1e-9);
  EXPECT_NEAR(contended(0.25), 1.25, 1e-9);
  EXPECT_NEAR(contended(0), 1, 1e-9);
}

TEST(Pack, TheModelOfMostStreamsGetsTheFasterCard) {
  const auto placed = [&](int large, int small) {
    return packed(
        {{"setup", "rtx 5090 + rtx 3090"},
         {"models", {{{"model", "qwen3-8b"}, {"streams", large}}, {{"model", "qwen2.5-7b"}, {"streams", small}}}}});
  };
  const std::vector<int> fast = {0}, slow = {1};
  EXPECT_EQ(on(placed(8, 1), "qwen3-8b"), fast);
  EXPECT_EQ(on(placed(8, 1), "qwen2.5-7b"), slow);
  EXPECT_EQ(on(placed(1, 8), "qwen3-8b"), slow);
  EXPECT_EQ(on(placed(1, 8), "qwen2.5-7b"), fast);
}

TEST(Pack, ReserveTakesRoomFromEveryDevice) {
  const double free = packed({{"setup", "rtx 4090"}, {"models", "qwen3-8b"}})["devices"][0]["free_gb"].get<double>();
  const Json less = packed({{"setup", "rtx 4090"}, {"models", "qwen3-8b"}, {"reserve_gb", 10}});
  EXPECT_DOUBLE_EQ(less["devices"][0]["kept_gb"].get<double>(), 10);
  EXPECT_LT(less["devices"][0]["free_gb"].get<double>(), free - 8);
  const Json none = packed({{"setup", "rtx 4090"}, {"models", "qwen3-8b"}, {"reserve_gb", 100}});
  EXPECT_EQ(none["fits"], false);
}

TEST(Pack, APromptMixDecidesWhatStays) {
  // Scores of one's own: each is good at one thing; the card holds one.
  const Json scores = {{{"model", "qwen3-32b"}, {"category", "law"}, {"score", 90}},
                       {{"model", "qwen3-32b"}, {"category", "poems"}, {"score", 40}},
                       {{"model", "gemma-3-27b"}, {"category", "law"}, {"score", 40}},
                       {{"model", "gemma-3-27b"}, {"category", "poems"}, {"score", 90}}};
  const auto stays = [&](double law) {
    const Json answer =
        packed({{"setup", "rtx 3090"},
                {"models", {"qwen3-32b", "gemma-3-27b"}},
                {"scores", scores},
                {"context_tokens", 4096},
                {"prompt_mix", {{{"category", "law"}, {"share", law}}, {{"category", "poems"}, {"share", 1 - law}}}}});
    return answer["models"][0]["loaded"].get<bool>() ? "qwen3-32b" : "gemma-3-27b";
  };
  EXPECT_STREQ(stays(0.8), "qwen3-32b");
  EXPECT_STREQ(stays(0.2), "gemma-3-27b");
}

TEST(Pack, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(refused({{"setup", "rtx 4090"}}).where, "models");
  EXPECT_THAT(refused({{"setup", "rtx 4090"}, {"models", "qwen3-8bb"}}).did_you_mean, Contains("qwen3-8b"));
  EXPECT_EQ(refused({{"setup", "rtx 4090"}, {"models", {"qwen3-8b", "qwen3-8b"}}}).where, "models[1]");
  EXPECT_EQ(refused({{"setup", "rtx 4090"}, {"models", {{{"model", "qwen3-8b"}, {"on", 1}}}}}).where, "models[0].on");
  EXPECT_EQ(refused({{"setup", "rtx 4090"}, {"services", "fax"}}).where, "services[0]");
  EXPECT_EQ(refused({{"setup", "72x rtx 4090"}, {"models", "qwen3-8b"}}).where, "setup");
  EXPECT_EQ(refused({{"setup", "rtx 4090"}, {"models", "qwen3-8b"}, {"concurrency", 1000000}}).where, "concurrency");
  EXPECT_EQ(refused({{"setup", "rtx 4090"}, {"models", Json(std::vector<std::string>(17, "qwen3-8b"))}}).where,
            "models");
}

TEST(Pack, AModelWithoutPublishedWeightsIsLeftOutWithThatReason) {
  const Json answer = packed({{"setup", "rtx 4090"}, {"models", "qwen3-max"}});
  EXPECT_EQ(answer["fits"], false);
  EXPECT_THAT(answer["models"][0]["why_not"].get<std::string>(), HasSubstr("not published"));
}

}  // namespace
}  // namespace rigwise
