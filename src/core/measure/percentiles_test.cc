#include "core/measure/percentiles.h"

#include <gtest/gtest.h>

#include "core/stats/random.h"

namespace rigwise {
namespace {

TEST(Percentiles, FewestSamplesAreThoseOfMlperf) {
  EXPECT_EQ(samples_for_percentile(0.90), 64U);
  EXPECT_EQ(samples_for_percentile(0.99), 662U);
  EXPECT_EQ(samples_for_percentile(0.50), 11U);
}

TEST(Percentiles, TooFewValuesHaveAMeanAndNoPercentile) {
  const MetricSummary summary = summary_of({1, 2, 3});
  EXPECT_DOUBLE_EQ(*summary.mean, 2);
  EXPECT_FALSE(summary.p50 || summary.p90 || summary.p99);
}

TEST(Percentiles, OfEvenValuesAreWhereTheyShouldBe) {
  std::vector<double> values;
  values.reserve(1001);
  for (int i = 0; i <= 1000; ++i) values.push_back(i);
  const MetricSummary summary = summary_of(values);
  EXPECT_DOUBLE_EQ(*summary.p50, 500);
  EXPECT_DOUBLE_EQ(*summary.p90, 900);
  EXPECT_DOUBLE_EQ(*summary.p99, 990);
  EXPECT_LT(summary.p99_interval->low, 990);
  EXPECT_GT(summary.p99_interval->high, 990);
}

TEST(Percentiles, TheirIntervalsCoverAsOftenAsTheyPromise) {
  // 400 samples of 200 exponentials; the true p90 is ln 10.
  int covered = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    Random random(7, run, 0);
    std::vector<double> values;
    values.reserve(200);
    for (int i = 0; i < 200; ++i) values.push_back(random.exponential());
    std::sort(values.begin(), values.end());
    const auto interval = percentile_interval(values, 0.9);
    covered += interval->low <= 2.302585 && 2.302585 <= interval->high;
  }
  EXPECT_GE(covered, 370);  // 95 % of 400 is 380, with a deviation of four
  EXPECT_LE(covered, 398);
}

TEST(Percentiles, WeightsCountAsRepeatedValues) {
  std::vector<double> plain;
  std::vector<Weighted> weighted;
  for (int i = 0; i < 100; ++i) {
    weighted.push_back({static_cast<double>(i), 3});
    plain.insert(plain.end(), 3, i);
  }
  EXPECT_DOUBLE_EQ(*weighted_summary_of(weighted).mean, *summary_of(plain).mean);
  EXPECT_DOUBLE_EQ(*weighted_summary_of(weighted).p90, 89);
}

}  // namespace
}  // namespace rigwise
