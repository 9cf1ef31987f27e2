#include "core/stats/agreement.h"

#include <gtest/gtest.h>

#include <array>

namespace rigwise {
namespace {

/// Twelve units, four raters, categories 1 .. 5, with gaps (0): Krippendorff's example, which Gwet uses too.
std::vector<Ratings> published() {
  constexpr int kRatings[4][12] = {{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
                                   {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
                                   {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
                                   {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}};
  std::vector<Ratings> units(12);
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    for (const auto& rater : kRatings) {
      units[unit].push_back(rater[unit] == 0 ? std::nullopt : std::optional<int>(rater[unit] - 1));
    }
  }
  return units;
}

std::vector<Ratings> pairs_of(const std::vector<std::vector<int>>& confusion) {
  std::vector<Ratings> units;
  for (int i = 0; i < static_cast<int>(confusion.size()); ++i) {
    for (int j = 0; j < static_cast<int>(confusion.size()); ++j) {
      for (int n = 0; n < confusion[i][j]; ++n) units.push_back({i, j});
    }
  }
  return units;
}

TEST(Alpha, IsKrippendorffsForHisExample) { EXPECT_NEAR(*krippendorff_alpha_ordinal(published(), 5), 0.815, 0.0005); }

TEST(GwetAc, IsGwetsForTheSameData) {
  EXPECT_NEAR(*gwet_ac(published(), 5, RatingWeights::identity), 0.77544, 0.00005);
}

TEST(Kappa, IsCohensForHandCountedTables) {
  // 20 and 15 agreed of 50; by chance 0.5 of them: (0.7 - 0.5)/0.5.
  const Confusion two = confusion_of(pairs_of({{20, 5}, {10, 15}}), 2);
  EXPECT_DOUBLE_EQ(*raw_agreement(two), 0.7);
  EXPECT_NEAR(*cohen_kappa(two, RatingWeights::identity), 0.4, 1e-12);
  // Differences 1 twice and 2 once of ten: observed 6; expected by margins (3,3,4) and (4,2,4): 154/10.
  const Confusion three = confusion_of(pairs_of({{2, 0, 1}, {1, 2, 0}, {1, 0, 3}}), 3);
  double expected = 0;
  const std::array rows = {3, 3, 4}, columns = {4, 2, 4};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) expected += (i - j) * (i - j) * rows[i] * columns[j] / 10.0;
  }
  EXPECT_NEAR(*cohen_kappa(three), 1 - (1 * 1 + 2 * 4) / expected, 1e-12);
}

TEST(Agreement, OfPerfectJudgesIsOne) {
  const std::vector<Ratings> units = pairs_of({{5, 0, 0}, {0, 5, 0}, {0, 0, 5}});
  EXPECT_DOUBLE_EQ(*cohen_kappa(confusion_of(units, 3)), 1);
  EXPECT_DOUBLE_EQ(*krippendorff_alpha_ordinal(units, 3), 1);
  EXPECT_DOUBLE_EQ(*gwet_ac(units, 3), 1);
}

TEST(Agreement, OfGradesThatAreNearlyAllGoodLooksHighAndIsNot) {
  // 82 of 100 alike where nine in ten are good: kappa is near nothing, Gwet's coefficient is not.
  const std::vector<Ratings> units = pairs_of({{1, 0, 4}, {0, 0, 5}, {4, 5, 81}});
  const Confusion confusion = confusion_of(units, 3);
  EXPECT_DOUBLE_EQ(*raw_agreement(confusion), 0.82);
  EXPECT_LT(*cohen_kappa(confusion), 0.25);
  EXPECT_GT(*gwet_ac(units, 3), 0.8);
}

TEST(Agreement, IsUnknownWhereChanceLeavesNoRoom) {
  const std::vector<Ratings> all_good(10, Ratings{2, 2});
  EXPECT_FALSE(cohen_kappa(confusion_of(all_good, 3)));
  EXPECT_FALSE(krippendorff_alpha_ordinal(all_good, 3));
  EXPECT_FALSE(raw_agreement(Confusion{}));
  const std::vector<Ratings> single = {{1, std::nullopt}, {std::nullopt, 2}};
  EXPECT_FALSE(krippendorff_alpha_ordinal(single, 3));
  EXPECT_FALSE(gwet_ac(single, 3));
  EXPECT_EQ(confusion_of(single, 3).total, 0);
}

TEST(Reliability, HasKrippendorffsBorders) {
  EXPECT_EQ(reliability_of(0.80), Reliability::reliable);
  EXPECT_EQ(reliability_of(0.79), Reliability::tentative);
  EXPECT_EQ(reliability_of(0.66), Reliability::unreliable);
}

TEST(Spearman, SharesRanksOfEqualValues) {
  // Ten students' scores and hours of television: the textbook's -29/165.
  const std::array x = {106., 100., 86., 101., 99., 103., 97., 113., 112., 110.};
  const std::array y = {7., 27., 2., 50., 28., 29., 20., 12., 6., 17.};
  EXPECT_NEAR(*spearman(x, y), -29.0 / 165, 1e-12);
  EXPECT_NEAR(*spearman(std::array{1., 1., 2.}, std::array{3., 3., 9.}), 1, 1e-12);
  EXPECT_FALSE(spearman(std::array{1., 1.}, std::array{1., 2.}));
  EXPECT_FALSE(spearman(std::array{1.}, std::array{1.}));
}

}  // namespace
}  // namespace rigwise
