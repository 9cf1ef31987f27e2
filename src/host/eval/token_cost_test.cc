#include "host/eval/token_cost.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(TokenCost, IsWholeNumbersRoundedUp) {
  EXPECT_EQ(nano_of_usd(0.075), 75'000'000);
  EXPECT_EQ(tokens_cost_nano(1'000'000, nano_of_usd(3)), 3'000'000'000);
  EXPECT_EQ(tokens_cost_nano(1, nano_of_usd(3)), 3'000);
  EXPECT_EQ(tokens_cost_nano(1, 1), 1);  // never less than it is
  EXPECT_EQ(tokens_cost_nano(0, nano_of_usd(3)), 0);
  EXPECT_EQ(tokens_cost_nano(2'500'000'000, nano_of_usd(75)), 187'500'000'000'000);
}

TEST(TokenCost, CountsCachedTokensInsideThePromptAndOnce) {
  const TokenPrice price{nano_of_usd(3), nano_of_usd(15), nano_of_usd(0.3)};
  ChatUsage usage;
  usage.prompt = 1000;
  usage.cached = 400;
  usage.completion = 100;
  usage.reasoning = 90;  // inside the completion
  EXPECT_EQ(usage_cost_nano(usage, price), 600 * 3'000 + 400 * 300 + 100 * 15'000);
  EXPECT_EQ(usage_cost_nano(usage, {nano_of_usd(3), nano_of_usd(15), {}}), 1000 * 3'000 + 100 * 15'000);
}

TEST(TokenCost, OfUnknownCountsIsUnknownAndNotNothing) {
  const TokenPrice price{1000, 1000, {}};
  EXPECT_FALSE(usage_cost_nano({}, price));
  ChatUsage half;
  half.prompt = 5;
  EXPECT_FALSE(usage_cost_nano(half, price));
}

TEST(TokenCost, ReservesMoreThanPromptsHave) {
  ChatRequest request;
  request.messages = {{"user", "What is six times seven? Answer with a number only.", {}, {}, {}}};  // 12 tokens
  EXPECT_GE(most_prompt_tokens(request), 12);
  EXPECT_LE(most_prompt_tokens(request), 40);
  const std::int64_t bare = most_prompt_tokens(request);
  request.messages[0].images = {"iVBOR"};
  EXPECT_GT(most_prompt_tokens(request), bare + 1000);
  request.tools = Json::array({{{"type", "function"}, {"function", {{"name", "find"}}}}});
  EXPECT_GT(most_prompt_tokens(request), bare + 1600);
}

TEST(TokenCost, TheMostIsPromptAndAllTheOutput) {
  EXPECT_EQ(most_cost_nano(1000, 4096, {nano_of_usd(3), nano_of_usd(15), {}}), 1000 * 3'000 + 4096 * 15'000);
}

}  // namespace
}  // namespace rigwise
