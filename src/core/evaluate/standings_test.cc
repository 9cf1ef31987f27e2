#include "core/evaluate/standings.h"

#include <gtest/gtest.h>

#include "core/evaluate/results_for_tests.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

Standings ranked(const ResultSet& set, StandingsQuestion question = {}) {
  return standings(set, score_sheet(set), question);
}

/// `good` passes 70 % of the tasks and `fair` 60 %, independently, as far as chance says.
ResultSet ten_points_apart(int tasks) {
  ResultsForTests make;
  make.model("fair");
  make.model("good");
  make.tasks(tasks);
  Random random(7, 0, 0);
  for (int i = 0; i < tasks; ++i) {
    make.answer(ResultsForTests::name(i), "fair", random.uniform() < 0.6 ? 1 : 0);
    make.answer(ResultsForTests::name(i), "good", random.uniform() < 0.7 ? 1 : 0);
  }
  return make.set;
}

/// Scores in tenths that differ by a known mean: 0.2 on each even task, nothing else.
ResultSet shifted(int tasks) {
  ResultsForTests make;
  make.model("a");
  make.model("b");
  make.tasks(tasks);
  for (int i = 0; i < tasks; ++i) {
    const double base = 0.1 * (i % 7);
    make.answer(ResultsForTests::name(i), "a", base + (i % 2 == 0 ? 0.2 : 0));
    make.answer(ResultsForTests::name(i), "b", base);
  }
  return make.set;
}

TEST(Standings, ThirtyTasksCannotSeparateTenPointsAndSayHowManyCould) {
  const Standings thirty = ranked(ten_points_apart(30));
  ASSERT_EQ(thirty.pairs.size(), 1u);
  const PairStanding& pair = thirty.pairs[0];
  EXPECT_EQ(pair.verdict, PairVerdict::no_difference_shown);
  EXPECT_EQ(pair_words(pair, "good", "fair"), "no difference shown");
  ASSERT_TRUE(pair.families_needed);
  EXPECT_GT(*pair.families_needed, 30);
  ASSERT_TRUE(thirty.models[0].rank);
  EXPECT_EQ(thirty.models[0].rank->low, 1);
  EXPECT_EQ(thirty.models[0].rank->high, 2);
}

TEST(Standings, ThreeHundredTasksShowTwentyPointsOnHalfOfThem) {
  const Standings many = ranked(shifted(300));
  const PairStanding& pair = many.pairs[0];
  EXPECT_EQ(pair.verdict, PairVerdict::first_better);
  EXPECT_EQ(pair_words(pair, "a", "b"), "a > b");
  EXPECT_NEAR(pair.comparison.mean_difference, 0.1, 1e-12);
  EXPECT_FALSE(pair.families_needed);
  EXPECT_EQ(many.models[0].rank->high, 1);
  EXPECT_EQ(many.models[1].rank->low, 2);
}

TEST(Standings, TwentyNineFamiliesClaimNoOrderHoweverClear) {
  const Standings few = ranked(shifted(29));
  EXPECT_EQ(few.pairs[0].verdict, PairVerdict::too_few_families);
  EXPECT_EQ(pair_words(few.pairs[0], "a", "b"), "too few tasks to compare");
  EXPECT_EQ(few.pairs[0].families_needed.value_or(0), 30);
  EXPECT_FALSE(few.models[0].rank);
  EXPECT_EQ(few.models[0].mean.claim, ClaimAllowed::interval);
}

TEST(Standings, NineTasksGiveCountsAndNoInterval) {
  const Standings few = ranked(shifted(9));
  EXPECT_EQ(few.models[0].mean.claim, ClaimAllowed::count_only);
  EXPECT_FALSE(few.models[0].mean.interval);
  EXPECT_FALSE(few.models[0].mean.pass_rate);
  EXPECT_EQ(few.models[0].mean.tasks, 9);
}

/// The same tasks, the first one again under `copies` other names of its family.
ResultSet with_copies(int copies) {
  ResultSet set = ten_points_apart(40);
  for (EvaluatedTask& task : set.tasks) task.family = task.id;
  for (int copy = 0; copy < copies; ++copy) {
    EvaluatedTask task = set.tasks.front();
    task.id += "-v" + std::to_string(copy);
    set.tasks.push_back(task);
    for (std::size_t model = 0; model < 2; ++model) {
      EvaluatedAnswer answer = set.answers[model];
      answer.task = task.id;
      set.answers.push_back(answer);
    }
  }
  return set;
}

TEST(Standings, AFamilyCopiedTenTimesChangesNothing) {
  const Standings once = ranked(with_copies(0)), often = ranked(with_copies(10));
  EXPECT_EQ(often.models[0].mean.families, 40);
  EXPECT_EQ(often.models[0].mean.tasks, 50);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_DOUBLE_EQ(once.models[i].mean.score, often.models[i].mean.score);
    EXPECT_DOUBLE_EQ(once.models[i].mean.interval->low, often.models[i].mean.interval->low);
    EXPECT_DOUBLE_EQ(once.models[i].mean.pass_rate->high, often.models[i].mean.pass_rate->high);
    EXPECT_EQ(once.models[i].rank->high, often.models[i].rank->high);
  }
  EXPECT_DOUBLE_EQ(once.pairs[0].comparison.p, often.pairs[0].comparison.p);
  EXPECT_EQ(once.pairs[0].families_needed, often.pairs[0].families_needed);
}

TEST(Standings, ErrorsOfTheNetworkAreNobodysAnswers) {
  ResultSet set = shifted(100);
  for (int i = 0; i < 2; ++i) {
    set.answers[static_cast<std::size_t>(2 * i)].outcome = Outcome::infra_error;
    set.answers[static_cast<std::size_t>(2 * i)].score = 0;
  }
  const Standings some = ranked(set);
  EXPECT_EQ(some.models[0].mean.tasks, 98);
  EXPECT_FALSE(some.models[0].is_incomplete);  // exactly 2 %
  EXPECT_EQ(some.pairs[0].comparison.families, 98);
  set.answers[4].outcome = Outcome::harness_error;
  const Standings more = ranked(set);
  EXPECT_EQ(more.models[1].mean.tasks, 97);
  EXPECT_TRUE(more.models[1].is_incomplete);
  EXPECT_FALSE(more.models[1].rank);
  EXPECT_TRUE(more.pairs.empty());
}

TEST(Standings, AnEmptyAnswerIsTheModelsOwnZero) {
  ResultsForTests make;
  make.model("a");
  make.tasks(2);
  make.answer("t0000", "a", 1);
  EvaluatedAnswer& empty = make.answer("t0001", "a", 0);
  empty.score.reset();
  empty.outcome = Outcome::empty;
  EXPECT_DOUBLE_EQ(ranked(make.set).models[0].mean.score, 0.5);
  make.set.answers[1].outcome = Outcome::ok;  // text that no check could look at
  const Standings unchecked = ranked(make.set);
  EXPECT_EQ(unchecked.models[0].mean.tasks, 1);
  EXPECT_EQ(unchecked.models[0].not_scored, 1);
}

TEST(Standings, SamplesOfATaskAreAveragedFirst) {
  ResultsForTests make;
  make.model("a");
  make.tasks(2);
  for (int sample = 0; sample < 4; ++sample) make.answer("t0000", "a", 1).sample = sample;
  make.answer("t0001", "a", 0);
  EXPECT_DOUBLE_EQ(ranked(make.set).models[0].mean.score, 0.5);
}

TEST(Standings, TiesShareARankAndAreEquivalent) {
  ResultSet set = shifted(60);
  for (EvaluatedAnswer& answer : set.answers) answer.score = 0.5;
  const Standings tied = ranked(set);
  EXPECT_EQ(tied.models[0].model, 0u);  // of equals the first by id
  EXPECT_EQ(tied.pairs[0].verdict, PairVerdict::equivalent);
  EXPECT_EQ(tied.models[0].rank->low, 1);
  EXPECT_EQ(tied.models[1].rank->low, 1);
}

TEST(Standings, OneModelHasAnIntervalAndNobodyToBeat) {
  ResultsForTests make;
  make.model("only");
  make.tasks(40);
  for (int i = 0; i < 40; ++i) make.answer(ResultsForTests::name(i), "only", i % 2);
  const Standings alone = ranked(make.set);
  EXPECT_TRUE(alone.models[0].mean.interval);
  EXPECT_FALSE(alone.models[0].rank);
  EXPECT_TRUE(alone.pairs.empty());
}

TEST(Standings, ForeignColumnsAreNotRankedWithOurOwn) {
  ResultSet set = shifted(60);
  set.models[1].foreign = "promptfoo";
  const Standings mixed = ranked(set);
  EXPECT_TRUE(mixed.pairs.empty());
  EXPECT_FALSE(mixed.models[0].rank);
}

TEST(Standings, RetriedAnswersStandBesideFirstTries) {
  ResultSet set = shifted(60);
  for (int i = 0; i < 10; ++i) set.answers[static_cast<std::size_t>(4 * i)].attempts = 3;
  const RetriedAnswers retried = ranked(set).models[0].retried;
  EXPECT_EQ(retried.retried, 10);
  EXPECT_EQ(retried.first_try, 50);
  EXPECT_GT(retried.retried_mean, 0.2);
}

TEST(Standings, ManyModelsMeetTheirNeighboursTheBestAndTheReference) {
  ResultsForTests make;
  make.tasks(30);
  for (int m = 0; m < 12; ++m) {
    make.model("m" + std::string(m < 10 ? "0" : "") + std::to_string(m));
    for (int i = 0; i < 30; ++i) {
      make.answer(ResultsForTests::name(i), make.set.models.back().id, 0.05 * m + 0.01 * (i % 5));
    }
  }
  EXPECT_EQ(ranked(make.set).pairs.size(), 21u);  // 11 with the best, 10 other neighbours
  EXPECT_FALSE(ranked(make.set).all_pairs);
  StandingsQuestion question;
  question.reference = 5;
  EXPECT_EQ(ranked(make.set, question).pairs.size(), 29u);
}

}  // namespace
}  // namespace rigwise
