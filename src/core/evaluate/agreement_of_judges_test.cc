#include "core/evaluate/agreement_of_judges.h"

#include <gtest/gtest.h>

#include "core/evaluate/results_for_tests.h"
#include "core/evaluate/standings.h"

namespace rigwise {
namespace {

/// Units as core/stats takes them.
std::vector<Ratings> units_of(const GradePairs& pairs) {
  std::vector<Ratings> units;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      const auto count = pairs[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      for (int k = 0; k < static_cast<int>(count); ++k) units.push_back({i, j});
    }
  }
  return units;
}

TEST(JudgeAgreement, CountsOfPairsGiveTheCoefficientsOfUnits) {
  for (const GradePairs& pairs :
       {GradePairs{{{5, 2, 0}, {1, 20, 3}, {0, 4, 65}}}, GradePairs{{{1, 0, 7}, {0, 0, 0}, {3, 0, 2}}},
        GradePairs{{{0, 0, 0}, {0, 9, 1}, {0, 0, 0}}}}) {
    const PairCoefficients got = coefficients_of(pairs);
    const std::vector<Ratings> units = units_of(pairs);
    const Confusion confusion = confusion_of(units, 3);
    EXPECT_NEAR(*got.raw, *raw_agreement(confusion), 1e-12);
    EXPECT_NEAR(got.kappa.value_or(9), cohen_kappa(confusion).value_or(9), 1e-12);
    EXPECT_NEAR(got.alpha.value_or(9), krippendorff_alpha_ordinal(units, 3).value_or(9), 1e-12);
    EXPECT_NEAR(got.ac2.value_or(9), gwet_ac(units, 3).value_or(9), 1e-12);
  }
}

TEST(JudgeAgreement, RawAgreementOf82PercentCanBeAKappaOfOneFifth) {
  // 100 items, nearly nine in ten good to either judge.
  const PairCoefficients skewed = coefficients_of({{{4, 0, 9}, {0, 0, 0}, {9, 0, 78}}});
  EXPECT_NEAR(*skewed.raw, 0.82, 1e-12);
  EXPECT_NEAR(*skewed.kappa, (0.82 - 0.7738) / (1 - 0.7738), 1e-12);
  EXPECT_GT(*skewed.ac2, 0.7);
}

/// `tasks` tasks, each answered by one model and judged by j1 and j2 as `second_of` says of the first's grade.
template <class Second>
ResultSet judged(int tasks, Second second_of) {
  ResultsForTests make;
  make.model("m", "candidates");
  make.tasks(tasks);
  for (int i = 0; i < tasks; ++i) {
    EvaluatedAnswer& answer = make.answer(ResultsForTests::name(i), "m", 0.5);
    const int first = i % 3, second = second_of(first);
    answer.judgements = {ResultsForTests::opinion("j1", first, first, first),
                         ResultsForTests::opinion("j2", second, second, second)};
  }
  return make.set;
}

TEST(JudgeAgreement, JudgesThatAgreeAreReliable) {
  const auto report = judges_report(judged(30, [](int grade) { return grade; }), 0.95);
  ASSERT_TRUE(report);
  EXPECT_DOUBLE_EQ(*report->agreements[0].alpha.value, 1);
  EXPECT_EQ(report->agreements[0].reliability, Reliability::reliable);
  EXPECT_EQ(report->agreements.size(), 5u);  // all, three criteria, one role
  EXPECT_EQ(report->agreements[4].about, "role developer");
  EXPECT_EQ(report->agreements[0].grades, 90);
}

TEST(JudgeAgreement, JudgesThatDisagreeAreUnreliableWithAnIntervalThatSaysSo) {
  const auto report = judges_report(judged(30, [](int grade) { return 2 - grade; }), 0.95);
  ASSERT_TRUE(report);
  EXPECT_LT(*report->agreements[0].alpha.value, 0);
  EXPECT_EQ(report->agreements[0].reliability, Reliability::unreliable);
  ASSERT_TRUE(report->agreements[0].alpha.interval);
  EXPECT_LT(report->agreements[0].alpha.interval->high, 0.667);
}

TEST(JudgeAgreement, NoJudgesNoReport) {
  ResultsForTests make;
  make.model("m");
  make.task("t");
  make.answer("t", "m", 1);
  EXPECT_FALSE(judges_report(make.set, 0.95));
  EXPECT_FALSE(judged_worth(make.set.answers[0]));
}

TEST(JudgeAgreement, AJudgesErrorIsNoGrade) {
  ResultSet set = judged(12, [](int grade) { return grade; });
  for (std::size_t i = 0; i < 4; ++i) {
    set.answers[i].judgements[1].verdict.reset();
    set.answers[i].judgements[1].error = "no JSON";
  }
  const auto report = judges_report(set, 0.95);
  EXPECT_EQ(report->both, 8);
  EXPECT_EQ(report->one, 4);
  EXPECT_EQ(report->in_error, 4);
  EXPECT_EQ(report->judges[1].errors, 4);
  EXPECT_FALSE(judged_worth(set.answers[0]));
  EXPECT_TRUE(judged_worth(set.answers[5]));
}

TEST(JudgeAgreement, APersonsGradesStandForTheJudges) {
  ResultSet set = judged(3, [](int grade) { return grade; });
  set.answers[0].review = AnswerReview{{"random_sample"}, {{2, 2, 2}}, "ana", ""};
  EXPECT_DOUBLE_EQ(*judged_worth(set.answers[0]), 1);
  const auto report = judges_report(set, 0.95);
  EXPECT_EQ(report->judges[0].with_person, 3);
  EXPECT_EQ(report->judges[0].as_person, 0);
}

TEST(JudgeAgreement, AJudgeThatLikesLengthAndItsKinIsSeen) {
  ResultsForTests make;
  make.model("kin", "own");
  make.model("other", "strange");
  make.tasks(20);
  for (int i = 0; i < 20; ++i) {
    EvaluatedAnswer& kin = make.answer(ResultsForTests::name(i), "kin", 0.5);
    kin.text = std::string(static_cast<std::size_t>(500 + i), 'x');
    kin.judgements = {ResultsForTests::opinion("fair", 1, 1, 1), ResultsForTests::opinion("fond", 2, 2, 2)};
    EvaluatedAnswer& other = make.answer(ResultsForTests::name(i), "other", 0.5);
    other.text = std::string(100, 'x');
    other.judgements = {ResultsForTests::opinion("fair", 1, 1, 1), ResultsForTests::opinion("fond", 0, 1, 1)};
  }
  const auto report = judges_report(make.set, 0.95);
  const JudgeRecordOf& fond = report->judges[1];
  EXPECT_EQ(fond.judge, "fond");
  EXPECT_GT(*fond.length_rank, 0.8);
  ASSERT_EQ(fond.leans.size(), 2u);
  EXPECT_NEAR(fond.leans[0].residual, 0.25, 1e-12);
  EXPECT_NEAR(fond.leans[1].residual, -1.0 / 12, 1e-12);
  EXPECT_FALSE(report->judges[0].length_rank);  // constant: no rank
}

TEST(JudgeAgreement, ATaskWhoseChecksAndJudgesOrderAnswersDifferentlyIsFlagged) {
  ResultsForTests make;
  make.task("turned");
  make.task("sound");
  for (int m = 0; m < 6; ++m) {
    make.model("m" + std::to_string(m));
    for (const char* task : {"turned", "sound"}) {
      const bool is_turned = std::string(task) == "turned";
      EvaluatedAnswer& answer = make.answer(task, "m" + std::to_string(m), 0.1 * m);
      const int grade = is_turned ? 2 - m / 2 : m / 2;
      answer.judgements = {ResultsForTests::opinion("j1", grade, grade, grade),
                           ResultsForTests::opinion("j2", grade, grade, grade)};
    }
  }
  const auto report = judges_report(make.set, 0.95);
  ASSERT_EQ(report->tasks.size(), 2u);
  EXPECT_EQ(report->tasks[0].task, "sound");
  EXPECT_FALSE(report->tasks[0].is_flagged);
  EXPECT_TRUE(report->tasks[1].is_flagged);
}

}  // namespace
}  // namespace rigwise
