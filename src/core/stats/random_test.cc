#include "core/stats/random.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/stats/elementary.h"

namespace rigwise {
namespace {

TEST(Elementary, LogAndExpAgreeWithTheLibraryToTheLastBits) {
  for (double x = 1e-12; x < 1e15; x *= 1.37) {
    EXPECT_NEAR(portable_log(x), std::log(x), 1e-15 * (1 + std::abs(std::log(x)))) << x;
  }
  for (double x = -690; x < 690; x += 0.731) EXPECT_NEAR(portable_exp(x) / std::exp(x), 1, 2e-15) << x;
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_EQ(portable_exp(0), 1);
}

struct Moments {
  double mean = 0, variance = 0;
};
template <class Sample>
Moments moments(Sample sample) {
  constexpr int kCount = 200000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kCount; ++i) {
    const double x = sample();
    sum += x;
    squares += x * x;
  }
  return {sum / kCount, squares / kCount - sum / kCount * sum / kCount};
}

TEST(Random, SamplesHaveTheMomentsOfTheirDistribution) {
  Random random(7);
  const Moments even = moments([&] { return random.uniform(); });
  EXPECT_NEAR(even.mean, 0.5, 0.003);
  EXPECT_NEAR(even.variance, 1.0 / 12, 0.001);
  const Moments exponential = moments([&] { return random.exponential(); });
  EXPECT_NEAR(exponential.mean, 1, 0.01);
  EXPECT_NEAR(exponential.variance, 1, 0.03);
  const Moments normal = moments([&] { return random.normal(); });
  EXPECT_NEAR(normal.mean, 0, 0.01);
  EXPECT_NEAR(normal.variance, 1, 0.02);
  for (const double shape : {0.25, 1.0, 4.0}) {
    const Moments gamma = moments([&] { return random.gamma(shape); });
    EXPECT_NEAR(gamma.mean, shape, 0.02 * shape) << shape;
    EXPECT_NEAR(gamma.variance, shape, 0.04 * shape) << shape;
  }
  const Moments lengths = moments([&] { return random.lognormal(800, 0.5); });
  EXPECT_NEAR(lengths.mean, 800, 8);
  EXPECT_NEAR(std::sqrt(lengths.variance), 400, 10);
}

TEST(Random, TheNumbersOfOneRequestDoNotDependOnOthers) {
  Random drawn(1, 2, 3), again(1, 2, 3), other(1, 2, 4);
  const std::uint64_t first = drawn.next();
  EXPECT_EQ(first, again.next());
  EXPECT_NE(first, other.next());
  EXPECT_NE(first, Random(1, 3, 3).next());
  EXPECT_NE(first, Random(2, 2, 3).next());
}

TEST(Random, IsThePublishedSplitMix64) {
  // The vector that ports of the generator are checked with (Vigna's splitmix64.c, seed 1234567).
  Random random(1234567);
  for (const std::uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL}) {
    EXPECT_EQ(random.next(), expected);
  }
}

}  // namespace
}  // namespace rigwise
