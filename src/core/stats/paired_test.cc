#include "core/stats/paired.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "core/stats/random.h"
#include "core/stats/sample_size.h"

namespace rigwise {
namespace {

/// Darwin's plants, crossed minus self-fertilised, in eighths of an inch.
constexpr std::array<double, 15> kDarwin = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

TEST(SignFlip, GivesFishersFigureForDarwinsPlants) { EXPECT_NEAR(sign_flip_p(kDarwin), 1726.0 / 32768, 1e-12); }

TEST(SignFlip, OfOneSidedFamiliesIsTwoPatternsOfAll) {
  const std::vector<double> all_better(10, 0.2);
  EXPECT_NEAR(sign_flip_p(all_better), 2.0 / 1024, 1e-12);
  EXPECT_EQ(sign_flip_p(std::vector<double>(10, 0.0)), 1);
  EXPECT_EQ(sign_flip_p({}), 1);
}

TEST(SignFlip, DrawnPatternsAgreeWithExactOnesAndStayTheSame) {
  // The same fifteen with ten families that differ by next to nothing: too many to enumerate.
  std::vector<double> many(kDarwin.begin(), kDarwin.end());
  many.insert(many.end(), 10, 1e-9);
  EXPECT_NEAR(sign_flip_p(many), 1726.0 / 32768, 0.0035);
  EXPECT_EQ(sign_flip_p(many), sign_flip_p(many));
}

TEST(SignFlip, OfThousandsOfFamiliesIsTheNormalThatDrawsApproach) {
  Random random(11);
  std::vector<double> differences;
  for (std::size_t i = 0; i < kMostDrawnFamilies; ++i) differences.push_back(random.uniform() - 0.48);
  const double drawn = sign_flip_p(differences);
  differences.push_back(1e-12);  // one more than is drawn
  const double normal = sign_flip_p(differences);
  EXPECT_NEAR(normal, drawn, 0.004);
  EXPECT_GT(normal, 1e-4);
  EXPECT_LT(normal, 0.5);
}

TEST(SignFlip, RejectsATrueNullAsOftenAsItSays) {
  Random random(11);
  int rejected = 0;
  constexpr int kRuns = 1000;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> differences;
    for (int i = 0; i < 12; ++i) differences.push_back(random.normal());
    rejected += sign_flip_p(differences) < 0.05 ? 1 : 0;
  }
  EXPECT_NEAR(rejected / double{kRuns}, 0.05, 0.015);
}

TEST(McNemar, AddsUpFairCoins) {
  EXPECT_NEAR(mcnemar_exact_p(1, 6), 0.125, 1e-12);
  EXPECT_NEAR(mcnemar_exact_p(5, 5), 1, 1e-12);
  EXPECT_EQ(mcnemar_exact_p(0, 0), 1);
}

TEST(McNemar, NeedsSixOneSidedTasks) {
  EXPECT_GT(mcnemar_exact_p(0, 5), 0.05);
  EXPECT_LT(mcnemar_exact_p(6, 0), 0.05);
}

TEST(Holm, StepsDown) {
  const std::vector<double> corrected = holm(std::array{0.01, 0.04, 0.03, 0.005});
  const std::array expected = {0.03, 0.06, 0.06, 0.02};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(corrected[i], expected[i], 1e-12) << i;
  // Ten models are 45 pairs: the smallest p must be below 0.05/45.
  std::vector<double> pairs(45, 0.5);
  pairs[7] = 0.0012;
  EXPECT_GT(holm(pairs)[7], 0.05);
  pairs[7] = 0.0011;
  EXPECT_LT(holm(pairs)[7], 0.05);
}

TEST(Equivalence, TakesTasksAndNotJustSilence) {
  std::vector<double> few, many;
  for (int i = 0; i < 12; ++i) few.push_back(i % 2 == 0 ? 0.2 : -0.2);
  for (int i = 0; i < 400; ++i) many.push_back(i % 2 == 0 ? 0.2 : -0.2);
  EXPECT_GT(*equivalence_p(few, 0.05), 0.05);
  EXPECT_LT(*equivalence_p(many, 0.05), 0.05);
  EXPECT_FALSE(equivalence_p(std::array{0.1}, 0.05));
  EXPECT_EQ(equivalence_p(std::vector<double>(5, 0.0), 0.05), 0);
}

TEST(PairVerdict, NeverComesOutOfFewerThanThirtyFamilies) {
  const PairComparison clear = compare_families(std::vector<double>(29, 0.5));
  EXPECT_LT(clear.p, 1e-4);
  EXPECT_EQ(verdict_of(clear, clear.p), PairVerdict::too_few_families);
  const PairComparison enough = compare_families(std::vector<double>(30, 0.5));
  EXPECT_EQ(verdict_of(enough, enough.p), PairVerdict::first_better);
}

TEST(PairVerdict, TellsNoDifferenceShownFromEquivalent) {
  std::vector<double> noisy, calm, worse;
  for (int i = 0; i < 40; ++i) {
    noisy.push_back(i % 2 == 0 ? 0.6 : -0.5);
    calm.push_back(i % 2 == 0 ? 0.04 : -0.04);
    worse.push_back(i % 3 == 0 ? 0.1 : -0.4);
  }
  const auto said = [](const std::vector<double>& differences) {
    const PairComparison comparison = compare_families(differences);
    return verdict_of(comparison, comparison.p);
  };
  EXPECT_EQ(said(noisy), PairVerdict::no_difference_shown);
  EXPECT_EQ(said(calm), PairVerdict::equivalent);
  EXPECT_EQ(said(worse), PairVerdict::second_better);
}

TEST(SampleSize, TheAdviceIsTheTable) {
  struct Row {
    int tasks;
    double half_width, gap_20, gap_30, unpaired;
  };
  constexpr std::array kTable = {Row{10, 0.26, 0.40, 0.49, 0.61},  Row{20, 0.20, 0.28, 0.34, 0.43},
                                 Row{30, 0.17, 0.23, 0.28, 0.35},  Row{50, 0.13, 0.18, 0.22, 0.27},
                                 Row{100, 0.10, 0.13, 0.15, 0.19}, Row{200, 0.07, 0.09, 0.11, 0.14},
                                 Row{400, 0.05, 0.06, 0.08, 0.10}};
  const std::vector<SampleSizeRow> rows = sample_size_table();
  ASSERT_EQ(rows.size(), kTable.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].tasks, kTable[i].tasks);
    EXPECT_NEAR(rows[i].half_width, kTable[i].half_width, 0.006) << rows[i].tasks;
    EXPECT_NEAR(rows[i].paired_gap_20, kTable[i].gap_20, 0.006) << rows[i].tasks;
    EXPECT_NEAR(rows[i].paired_gap_30, kTable[i].gap_30, 0.006) << rows[i].tasks;
    EXPECT_NEAR(rows[i].unpaired_gap, kTable[i].unpaired, 0.006) << rows[i].tasks;
  }
}

TEST(SampleSize, SmallGapsTakeManyTasks) {
  EXPECT_NEAR(tasks_for_gap(0.10, 0.2), 157, 1);
  EXPECT_NEAR(tasks_for_gap(0.10, 0.3), 236, 1);
  EXPECT_NEAR(tasks_for_gap(0.05, 0.2), 628, 1);
  EXPECT_NEAR(tasks_for_gap(0.05, 0.3), 942, 1);
}

TEST(SampleSize, AveragingAnswersSavesTasksAsMillerSays) {
  PairedVariance variance{1.0 / 9, 1.0 / 6, 1.0 / 6, 1, 1};
  EXPECT_NEAR(tasks_for_difference(0.03, variance), 3876, 2);
  EXPECT_NEAR(tasks_for_difference(0.10, variance), 349, 1);
  variance.samples_first = variance.samples_second = 10;
  EXPECT_NEAR(tasks_for_difference(0.03, variance), 1260, 1);
  EXPECT_NEAR(tasks_for_difference(0.10, variance), 114, 1);
}

TEST(SampleSize, ClaimsGrowWithTasksAndFamilies) {
  EXPECT_EQ(claim_allowed(9, 9), ClaimAllowed::count_only);
  EXPECT_EQ(claim_allowed(100, 29), ClaimAllowed::interval);
  EXPECT_EQ(claim_allowed(30, 30), ClaimAllowed::comparison);
}

}  // namespace
}  // namespace rigwise
