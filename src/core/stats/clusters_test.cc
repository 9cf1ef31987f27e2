#include "core/stats/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/stats/distributions.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

TEST(Distributions, NormalAgreesWithTheLibrary) {
  for (double x = -9; x <= 9; x += 0.113)
    EXPECT_NEAR(portable_normal_cdf(x), 0.5 * std::erfc(-x / std::sqrt(2)), 2e-15) << x;
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(0.8), 0.8416212335729143, 1e-14);
  for (const double p : {1e-12, 1e-6, 0.001, 0.3, 0.5, 0.9, 0.9999}) {
    EXPECT_NEAR(portable_normal_cdf(normal_quantile(p)) / p, 1, 1e-12) << p;
  }
}

TEST(Distributions, StudentsTIsTheOneOfTheTables) {
  EXPECT_NEAR(student_t_quantile(0.975, 1), 12.7062, 5e-5);
  EXPECT_NEAR(student_t_quantile(0.975, 9), 2.262157, 5e-7);
  EXPECT_NEAR(student_t_quantile(0.975, 29), 2.045230, 5e-7);
  EXPECT_NEAR(student_t_quantile(0.95, 100), 1.660234, 5e-7);
  EXPECT_NEAR(student_t_quantile(0.975, 1e6), normal_quantile(0.975), 1e-5);
  EXPECT_NEAR(student_t_cdf(-2.262157, 9), 0.025, 1e-8);
  for (double x = 0.5; x < 30; x *= 1.7) EXPECT_NEAR(log_gamma(x), std::lgamma(x), 1e-12 * (1 + std::lgamma(x))) << x;
}

TEST(PassRate, IntervalsAreThoseOfNewcombe) {
  struct Case {
    int passed, tasks;
    double low, high;
  };
  for (const Case& c : {Case{81, 263, 0.2553, 0.3662}, Case{15, 148, 0.0624, 0.1605}, Case{0, 20, 0, 0.1611},
                        Case{1, 29, 0.0061, 0.1718}}) {
    const Interval interval = pass_rate_interval(c.passed, c.tasks);
    EXPECT_NEAR(interval.low, c.low, 5e-5) << c.tasks;
    EXPECT_NEAR(interval.high, c.high, 5e-5) << c.tasks;
  }
  EXPECT_EQ(pass_rate_interval(7, 7).high, 1);
}

TEST(ClusteredMean, OfSingleTasksIsTheUsualStandardError) {
  std::vector<TaskFamily> families;
  for (int i = 0; i < 40; ++i) families.push_back({i % 4 == 0 ? 0.0 : 1.0});
  const ClusteredMean mean = clustered_mean(families);
  EXPECT_DOUBLE_EQ(mean.mean, 0.75);
  EXPECT_NEAR(*mean.standard_error, std::sqrt(0.75 * 0.25 / 39), 1e-12);
  EXPECT_NEAR(*mean.design_effect, 1, 1e-12);
  EXPECT_EQ(mean.method, IntervalMethod::t_clustered);
  EXPECT_NEAR(mean.interval->high, 0.75 + student_t_quantile(0.975, 39) * *mean.standard_error, 1e-12);
}

TEST(ClusteredMean, TenCopiesOfATaskAreWorthOne) {
  std::vector<TaskFamily> once, copied;
  for (int i = 0; i < 30; ++i) {
    const double score = (i * 7 % 10) / 10.0;
    once.push_back({score});
    copied.emplace_back(10, score);
  }
  EXPECT_NEAR(*clustered_mean(once).standard_error, *clustered_mean(copied).standard_error, 1e-12);
  EXPECT_NEAR(*clustered_mean(copied).design_effect, 10, 0.4);
}

TEST(ClusteredMean, SaysNothingOfOneFamilyAndNothingOfNone) {
  const std::vector<TaskFamily> one = {{1, 0, 1}};
  EXPECT_DOUBLE_EQ(clustered_mean(one).mean, 2.0 / 3);
  EXPECT_FALSE(clustered_mean(one).interval);
  EXPECT_EQ(clustered_mean({}).families, 0);
}

/// Families of ten scores with a share of their variance in common, around 0.5.
std::vector<TaskFamily> drawn_families(Random& random, int families, int each, double correlation) {
  std::vector<TaskFamily> drawn;
  for (int f = 0; f < families; ++f) {
    TaskFamily family;
    const double shared = random.normal() * std::sqrt(correlation);
    for (int i = 0; i < each; ++i)
      family.push_back(0.5 + 0.1 * (shared + random.normal() * std::sqrt(1 - correlation)));
    drawn.push_back(family);
  }
  return drawn;
}

TEST(ClusteredMean, CoversTheTruthWhereIgnoringFamiliesDoesNot) {
  // 30 passages of ten questions: published coverage 95.1 % with clusters, 74.5 % without.
  Random random(5);
  int clustered = 0, naive = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    const std::vector<TaskFamily> families = drawn_families(random, 30, 10, 0.22);
    const ClusteredMean mean = clustered_mean(families);
    clustered += mean.interval->low <= 0.5 && mean.interval->high >= 0.5 ? 1 : 0;
    const double half = 1.96 * *mean.standard_error / std::sqrt(*mean.design_effect);
    naive += std::abs(mean.mean - 0.5) <= half ? 1 : 0;
  }
  EXPECT_NEAR(clustered / double{kRuns}, 0.95, 0.012);
  EXPECT_NEAR(naive / double{kRuns}, 0.745, 0.03);
}

TEST(Bca, IsTheSameForTheSameScoresAndCoversNearlyAsPromised) {
  Random random(9);
  int covered = 0;
  constexpr int kRuns = 2000;
  for (int run = 0; run < kRuns; ++run) {
    const std::vector<TaskFamily> families = drawn_families(random, 20, 2, 0.3);
    const Interval interval = bca_interval(families, 0.95, 500);
    covered += interval.low <= 0.5 && interval.high >= 0.5 ? 1 : 0;
    EXPECT_EQ(interval.low, bca_interval(families, 0.95, 500).low);
  }
  EXPECT_NEAR(covered / double{kRuns}, 0.945, 0.015);
}

TEST(Bca, LeansWhereScoresLean) {
  // Most tasks solved, a few failed badly: the lower end lies further from the mean than the upper.
  std::vector<TaskFamily> families;
  for (int i = 0; i < 20; ++i) families.push_back({i < 17 ? 1.0 : 0.0});
  const Interval interval = bca_interval(families);
  EXPECT_GT(0.85 - interval.low, interval.high - 0.85);
  EXPECT_GT(interval.low, 0.5);
  EXPECT_LE(interval.high, 1);
}

TEST(Bca, OfLikeFamiliesIsAPoint) {
  const std::vector<TaskFamily> families(12, TaskFamily{0.5, 0.5});
  EXPECT_EQ(bca_interval(families).low, 0.5);
  EXPECT_EQ(bca_interval(families).high, 0.5);
}

TEST(ClusteredMean, OfTasksThatAllPassedIsNotCertain) {
  const std::vector<TaskFamily> all_good(12, TaskFamily{1, 1});
  const Interval interval = *clustered_mean(all_good).interval;
  EXPECT_NEAR(interval.low, std::pow(0.025, 1.0 / 12), 1e-12);  // about that of 12 of 12 passed
  EXPECT_EQ(interval.high, 1);
  EXPECT_LT(clustered_mean(std::vector<TaskFamily>(40, TaskFamily{1})).interval->low, 0.92);
}

TEST(DesignEffect, IsThePublishedOne) { EXPECT_DOUBLE_EQ(design_effect(5, 0.3), 2.2); }

TEST(RankIntervals, OverlapForThoseWhoCannotBeToldApart) {
  std::vector<double> good, alike, bad;
  for (int i = 0; i < 30; ++i) {
    good.push_back(0.8 + 0.01 * (i % 5));
    alike.push_back(0.8 + 0.01 * ((i + 2) % 5));
    bad.push_back(0.3);
  }
  const std::vector<RankInterval> ranks = rank_intervals(std::vector{good, alike, bad});
  EXPECT_EQ(ranks[0].low, 1);
  EXPECT_EQ(ranks[0].high, 2);
  EXPECT_EQ(ranks[1].low, 1);
  EXPECT_EQ(ranks[1].high, 2);
  EXPECT_EQ(ranks[2].low, 3);
}

}  // namespace
}  // namespace rigwise
