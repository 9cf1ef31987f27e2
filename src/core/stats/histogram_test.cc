#include "core/stats/histogram.h"

#include <gtest/gtest.h>

#include "core/stats/quantile.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

TEST(LogBuckets, EveryValueLiesBetweenItsBucketsBorders) {
  for (std::uint64_t value = 0; value < 100000; ++value) {
    const std::size_t at = LogBuckets<3>::index(value);
    EXPECT_LE(LogBuckets<3>::lower(at), value);
    EXPECT_GT(LogBuckets<3>::lower(at + 1), value);
  }
  for (std::uint64_t value = 1; value < (std::uint64_t{1} << 62); value = value * 5 / 3 + 1) {
    const std::size_t at = LogBuckets<7>::index(value);
    EXPECT_LE(LogBuckets<7>::lower(at), value);
    EXPECT_GT(LogBuckets<7>::lower(at + 1), value);
  }
}

TEST(Histogram, QuantilesAreWithinFourTenthsOfAPercent) {
  Random random(3);
  Histogram histogram;
  std::vector<double> values;
  for (int i = 0; i < 50001; ++i) {
    const double value = random.lognormal(2e9, 2);
    histogram.add(static_cast<std::uint64_t>(value));
    values.push_back(value);
  }
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    EXPECT_NEAR(histogram.quantile(q) / quantile(values, q), 1, 0.006) << q;
  }
}

TEST(Histogram, TheMeanIsExact) {
  Histogram histogram;
  for (const std::uint64_t value : {3, 1000, 999999937}) histogram.add(value);
  EXPECT_DOUBLE_EQ(histogram.mean(), (3 + 1000 + 999999937) / 3.0);
  EXPECT_EQ(histogram.max(), 999999937U);
  EXPECT_EQ(histogram.count(), 3U);
}

TEST(Histogram, OfNothingAnswersNothing) {
  const Histogram empty;
  EXPECT_EQ(empty.count(), 0U);
  EXPECT_EQ(empty.quantile(0.99), 0);
  EXPECT_EQ(empty.mean(), 0);
}

TEST(Histogram, OneValueIsEveryQuantile) {
  Histogram histogram;
  histogram.add(123456789);
  EXPECT_EQ(histogram.quantile(0.01), 123456789);
  EXPECT_EQ(histogram.quantile(0.99), 123456789);
}

TEST(Histogram, MergingIsAddingAllValues) {
  Histogram one, other, both;
  for (std::uint64_t i = 1; i < 1000; ++i) {
    (i % 3 == 0 ? one : other).add(i * i);
    both.add(i * i);
  }
  one.merge(other);
  EXPECT_EQ(one.count(), both.count());
  for (const double q : {0.1, 0.5, 0.95}) EXPECT_EQ(one.quantile(q), both.quantile(q));
}

}  // namespace
}  // namespace rigwise
