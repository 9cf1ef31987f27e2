#include "core/measure/steady_state.h"

#include <gtest/gtest.h>

#include "core/stats/random.h"

namespace rigwise {
namespace {

std::vector<double> noisy(std::size_t count, double mean, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(mean + random.normal());
  return values;
}

TEST(SteadyState, Mser5CutsTheStartUpOff) {
  std::vector<double> values = noisy(100, 50, 3);
  for (std::size_t i = 0; i < 20; ++i) values[i] = 2.5 * static_cast<double>(i);
  const auto cut = mser5_truncation(values);
  ASSERT_TRUE(cut.has_value());
  EXPECT_GE(*cut, 15U);
  EXPECT_LE(*cut, 30U);
}

TEST(SteadyState, Mser5FindsNothingWhereEverythingGrows) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i);
  EXPECT_FALSE(mser5_truncation(values));
}

TEST(SteadyState, ATrendIsToldFromNoise) {
  std::vector<double> x, y = noisy(60, 100, 9);
  for (int i = 0; i < 60; ++i) x.push_back(i);
  EXPECT_GT(trend_of(x, y)->p, 0.001);
  for (std::size_t i = 0; i < 60; ++i) y[i] += 0.2 * static_cast<double>(i);
  EXPECT_LT(trend_of(x, y)->p, 1e-6);
  EXPECT_NEAR(trend_of(x, y)->slope, 0.2, 0.03);
}

TEST(SteadyState, BatchMeansCoverTheMean) {
  int covered = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    const BatchMean mean = batch_mean(noisy(60, 10, 100 + run));
    covered += mean.interval->low <= 10 && 10 <= mean.interval->high;
  }
  EXPECT_GE(covered, 180);
  EXPECT_FALSE(batch_mean(noisy(10, 1, 1)).interval);
}

TEST(SteadyState, PrefillIsTheSlopeAndNotTheQuotient) {
  // 80 ms of queue and template, then 5,000 tokens a second; one request met a busy server.
  std::vector<double> tokens, ttft;
  for (const double length : {128.0, 512.0, 1024.0, 2048.0, 4096.0}) {
    for (int i = 0; i < 4; ++i) {
      tokens.push_back(length);
      ttft.push_back(0.080 + length / 5000);
    }
  }
  ttft[7] += 2;
  const auto rate = prefill_rate(tokens, ttft);
  ASSERT_TRUE(rate.has_value());
  EXPECT_NEAR(rate->tokens_per_s, 5000, 1e-6);
  EXPECT_NEAR(rate->intercept_s, 0.080, 1e-9);
  EXPECT_FALSE(prefill_rate({128, 128, 512}, {0.1, 0.1, 0.2}));  // two lengths do not show a line
}

TEST(SteadyState, AnEvenWindowIsSteadyAndAGrowingQueueIsNot) {
  SteadySigns signs;
  signs.tokens_by_second = noisy(30, 1000, 5);
  signs.streams_wanted = 8;
  signs.streams_mean = 7.95;
  for (int i = 0; i < 60; ++i) {
    signs.sent_s.push_back(i / 2.0);
    signs.ttft_s.push_back(0.2);
  }
  EXPECT_TRUE(judge_steady(signs).steady);
  for (std::size_t i = 0; i < 60; ++i) signs.ttft_s[i] += 0.1 * static_cast<double>(i);
  const SteadyVerdict queue = judge_steady(signs);
  EXPECT_FALSE(queue.steady);
  ASSERT_EQ(queue.reasons.size(), 1U);
  EXPECT_NE(queue.reasons[0].find("ttft grows"), std::string::npos);
}

TEST(SteadyState, AShortWindowIsNotCalledSteady) {
  SteadySigns signs;
  signs.tokens_by_second = {100, 100, 100};
  EXPECT_FALSE(judge_steady(signs).steady);
}

}  // namespace
}  // namespace rigwise
