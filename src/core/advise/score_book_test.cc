#include "core/advise/score_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rigwise {
namespace {

using testing::ElementsAre;

QualityScore score(const char* model, const char* benchmark, const char* task, double points) {
  QualityScore s;
  s.model_name = model;
  s.benchmark = benchmark;
  s.task = task;
  s.score = points;
  s.scale_max = 100;
  return s;
}

/// Six models on two tasks and their average; the first is the best.
Catalog scored() {
  Catalog catalog;
  int points = 100;
  for (const char* model : {"best", "b", "c", "d", "e", "f"}) {
    catalog.scores.push_back(score(model, "bench", "bug fixing", points));
    catalog.scores.push_back(score(model, "bench", "content", points - 10));
    catalog.scores.push_back(score(model, "bench", "average", points - 5));
    points -= 10;
  }
  catalog.index_names();
  return catalog;
}

TEST(ScoreBook, ComparesWithTheReferenceOnTheSameTasks) {
  const Catalog catalog = scored();
  const ScoreBook book(catalog, {});
  const auto found = book.of("b", "content");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->reference, "best");
  EXPECT_DOUBLE_EQ(found->share, 0.8);
  EXPECT_DOUBLE_EQ(found->reference_share, 0.9);
  EXPECT_EQ(found->tasks, 1) << "an average beside says that rows are tasks";
}

TEST(ScoreBook, ACommonWordStandsForItsKin) {
  const Catalog catalog = scored();
  const auto found = ScoreBook(catalog, {}).of("b", "coding");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->basis, ScoreBasis::category);
  EXPECT_THAT(found->measured_as, ElementsAre("bug fixing"));
}

TEST(ScoreBook, AnUnmeasuredCategoryHasTheOverallScore) {
  const Catalog catalog = scored();
  const auto found = ScoreBook(catalog, {}).of("b", "poems");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->basis, ScoreBasis::overall);
  EXPECT_DOUBLE_EQ(found->share, 0.85);
  EXPECT_EQ(found->tasks, 2);
}

TEST(ScoreBook, AFailedRunIsLeftOut) {
  Catalog catalog = scored();
  catalog.scores.push_back(score("b", "bench", "debugging", 0));
  const auto found = ScoreBook(catalog, {}).of("b", "coding");
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->share, 0.9);
}

TEST(ScoreBook, OwnScoresComeBeforePublishedOnes) {
  const Catalog catalog = scored();
  ScoreWish wish;
  wish.own = {score("b", "own evaluation", "content", 55)};
  wish.own[0].category = "40 tasks";
  const auto found = ScoreBook(catalog, wish).of("b", "content");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->is_own);
  EXPECT_DOUBLE_EQ(found->share, 0.55);
  EXPECT_EQ(found->tasks, 40);
  EXPECT_TRUE(found->reference_is_full_mark) << "the reference has no own score";
}

TEST(ScoreBook, WithoutACountThereIsNoInterval) {
  Catalog catalog;
  catalog.scores = {score("a", "bench", "content", 90)};
  catalog.index_names();
  const auto found = ScoreBook(catalog, {}).of("a", "content");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->tasks);
  EXPECT_FALSE(found->low);
}

TEST(WilsonInterval, IsThePublishedOne) {
  // 81 of 263 at 95 %: 0.255 to 0.366 (Newcombe 1998, table I).
  const ShareInterval interval = wilson_interval(81.0 / 263, 263, 1.959964);
  EXPECT_NEAR(interval.low, 0.2553, 1e-4);
  EXPECT_NEAR(interval.high, 0.3662, 1e-4);
  EXPECT_NEAR(wilson_interval(1, 1, 1.2816).low, 1 / (1 + 1.2816 * 1.2816), 1e-9);
  EXPECT_NEAR(wilson_interval(0, 15, 1.959964).high, 0.2039, 1e-4) << "0 of 15, the same table";
}

}  // namespace
}  // namespace rigwise
