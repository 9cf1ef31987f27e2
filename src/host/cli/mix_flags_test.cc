#include "host/cli/mix_flags.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(MixFlags, AMixNamesCategoriesSharesAndNeeds) {
  const Result<Json> mix = mix_in("coding:40, research+web_search+tools:10%, chat");
  ASSERT_TRUE(mix);
  EXPECT_EQ(*mix, Json::parse(R"([{"share": 40.0, "category": "coding"},
    {"share": 10.0, "category": "research", "needs": ["web_search", "tools"]}, {"category": "chat"}])"));
  EXPECT_FALSE(mix_in("coding:much"));
}

TEST(MixFlags, ContextsCountInPowersOfTwo) {
  EXPECT_EQ(*context_in("16k", "--context"), 16384);
  EXPECT_EQ(*context_in("8192", "--context"), 8192);
  EXPECT_EQ(context_in("long", "--context").error().where, "--context");
  EXPECT_FALSE(context_in("1e300", "--context"));
  EXPECT_FALSE(context_in("-1", "--context"));
}

TEST(MixFlags, AModelMayBeMoreThanItsName) {
  EXPECT_EQ(*packed_model_in("qwen3-32b:q4_k_m"), Json("qwen3-32b:q4_k_m"));
  const Result<Json> model = packed_model_in("qwen3-32b, 4 streams, 32k, pinned, on 0+1, duty 0.3");
  ASSERT_TRUE(model);
  EXPECT_EQ((*model)["streams"], 4);
  EXPECT_EQ((*model)["context_tokens"], 32768);
  EXPECT_EQ((*model)["pinned"], true);
  EXPECT_EQ((*model)["on"], Json::array({0, 1}));
  EXPECT_EQ((*model)["duty"], 0.3);
  EXPECT_EQ((*packed_model_in("a, on rtx 4090"))["on"], "rtx 4090");
  EXPECT_FALSE(packed_model_in("a, blue"));
}

TEST(MixFlags, AServiceMayHaveItsMemoryAndAPlace) {
  EXPECT_EQ(*packed_service_in("embedding:2"), Json("embedding:2"));
  const Result<Json> service = packed_service_in("embedding:2, pinned, on 1");
  ASSERT_TRUE(service);
  EXPECT_EQ((*service)["memory_gb"], 2);
  EXPECT_EQ((*service)["on"], 1);
  EXPECT_FALSE(packed_service_in("embedding:much, pinned"));
}

}  // namespace
}  // namespace rigwise
