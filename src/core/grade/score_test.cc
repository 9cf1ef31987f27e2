#include "core/grade/score.h"

#include <gtest/gtest.h>

#include "core/grade/judge_verdict.h"

namespace rigwise {
namespace {

ScoredCheck scored(ScorePart part, double value) {
  ScoredCheck check;
  check.part = part;
  check.value = value;
  return check;
}

TEST(Score, WeighsKeywordsSixtyCompileTwentyCompletenessTwenty) {
  const AnswerScore score = score_answer(
      {scored(ScorePart::content, 0.5), scored(ScorePart::compile, 1), scored(ScorePart::completeness, 0)});
  EXPECT_DOUBLE_EQ(*score.total, 0.5);
  EXPECT_EQ(score.parts.size(), 3U);
}

TEST(Score, GivesTheWeightOfWhatDoesNotApplyToTheOthers) {
  // A text task: 60 and 20 become three quarters and one.
  const AnswerScore text = score_answer({scored(ScorePart::content, 1), scored(ScorePart::completeness, 0)});
  EXPECT_DOUBLE_EQ(*text.total, 0.75);
  EXPECT_DOUBLE_EQ(text.parts[0].weight, 0.75);
  ScoredCheck not_run = scored(ScorePart::compile, 0);
  not_run.applicable = false;
  not_run.name = "compile";
  const AnswerScore without = score_answer({scored(ScorePart::content, 1), not_run});
  EXPECT_DOUBLE_EQ(*without.total, 1);
  EXPECT_EQ(without.not_run, (std::vector<std::string>{"compile"}));
  EXPECT_FALSE(score_answer({not_run}).total);
}

TEST(Score, TakesUnitTestsInPlaceOfKeywords) {
  ScoredCheck tests = scored(ScorePart::content, 0.25);
  tests.is_unit_test = true;
  EXPECT_DOUBLE_EQ(*score_answer({scored(ScorePart::content, 1), tests}).total, 0.25);
  tests.applicable = false;
  EXPECT_DOUBLE_EQ(*score_answer({scored(ScorePart::content, 1), tests}).total, 1);
}

TEST(Score, IsCappedWhereWhatMustHoldDoesNot) {
  ScoredCheck must = scored(ScorePart::content, 0.9);
  must.must = true;
  const AnswerScore score = score_answer({must, scored(ScorePart::completeness, 1)}, {}, 0.2);
  EXPECT_TRUE(score.capped);
  EXPECT_DOUBLE_EQ(*score.total, 0.2);
  EXPECT_DOUBLE_EQ(*score_answer({must, scored(ScorePart::completeness, 1)}).total, 0.2 + 0.3 * 0.9);
  must.value = 0;
  EXPECT_DOUBLE_EQ(*score_answer({must, scored(ScorePart::completeness, 1)}).total, 0.2);
}

TEST(Score, OfACutAnswerHasNoCompleteness) {
  EXPECT_DOUBLE_EQ(*score_answer({scored(ScorePart::content, 1)}, {}, kDefaultCap, true).total, 0.75);
  EXPECT_DOUBLE_EQ(
      *score_answer({scored(ScorePart::content, 1), scored(ScorePart::completeness, 1)}, {}, kDefaultCap, true).total,
      0.75);
}

TEST(Outcome, OfInfrastructureIsNoAnswer) {
  EXPECT_FALSE(counts_as_answer(Outcome::infra_error));
  EXPECT_FALSE(counts_as_answer(Outcome::harness_error));
  EXPECT_TRUE(counts_as_answer(Outcome::truncated));
  EXPECT_TRUE(counts_as_answer(Outcome::empty));
  EXPECT_EQ(outcome_of_name(outcome_name(Outcome::timeout_model)), Outcome::timeout_model);
  EXPECT_FALSE(outcome_of_name("failed"));
  EXPECT_FALSE(is_incomplete(2, 100));
  EXPECT_TRUE(is_incomplete(3, 100));
}

JudgeVerdict judged(int correctness, int completeness, int quality) {
  JudgeVerdict judgement;
  const int scores[3] = {correctness, completeness, quality};
  for (std::size_t i = 0; i < 3; ++i) judgement.grades[i] = {"use a key", "because", scores[i]};
  return judgement;
}

std::vector<ReviewReason> reasons(const JudgeVerdict& a, const JudgeVerdict& b, std::optional<double> tests = {}) {
  JudgedAnswer answer;
  answer.item = "k";
  answer.answer = "Please use a\nkey.";
  answer.first = a;
  answer.second = b;
  answer.unit_tests = tests;
  return review_reasons(answer, 0);
}

TEST(Review, IsForFailAgainstGoodOnAnyCriterion) {
  EXPECT_TRUE(reasons(judged(2, 2, 2), judged(1, 2, 1)).empty());
  EXPECT_EQ(reasons(judged(2, 2, 0), judged(2, 2, 2)), (std::vector{ReviewReason::fail_versus_good}));
  EXPECT_EQ(reasons(judged(2, 2, 2), judged(1, 1, 1)), (std::vector{ReviewReason::sums_apart}));
}

TEST(Review, IsForTestsThatContradictBothJudges) {
  EXPECT_EQ(reasons(judged(2, 2, 2), judged(2, 2, 2), 0.0), (std::vector{ReviewReason::tests_contradict}));
  EXPECT_EQ(reasons(judged(0, 1, 1), judged(0, 1, 1), 1.0), (std::vector{ReviewReason::tests_contradict}));
  EXPECT_TRUE(reasons(judged(2, 2, 2), judged(1, 2, 2), 0.0).empty());
}

TEST(Review, IsForJudgesThatFailedInventedQuotesOrWereSpokenTo) {
  JudgedAnswer answer;
  answer.answer = "Use a key.";
  answer.first = judged(2, 2, 2);
  EXPECT_EQ(review_reasons(answer, 0), (std::vector{ReviewReason::judge_error}));
  EXPECT_FALSE(judge_score(answer));
  answer.second = judged(2, 2, 2);
  answer.second->grades[1].evidence = "never said";
  answer.second->injection_suspected = true;
  EXPECT_EQ(review_reasons(answer, 0),
            (std::vector{ReviewReason::evidence_missing, ReviewReason::injection_suspected}));
  EXPECT_DOUBLE_EQ(*judge_score(answer), 1);
}

TEST(Review, TakesTwoInAHundredByTheirKeys) {
  int sampled = 0;
  for (int i = 0; i < 10000; ++i) {
    JudgedAnswer answer;
    answer.item = "item " + std::to_string(i);
    answer.answer = "use a key";
    answer.first = answer.second = judged(2, 2, 2);
    sampled += review_reasons(answer).empty() ? 0 : 1;
  }
  EXPECT_NEAR(sampled, 200, 45);
}

TEST(Evidence, IsAQuoteOrSeveral) {
  JudgeVerdict judgement = judged(1, 1, 1);
  judgement.grades[0].evidence = "\u201Copen port 22\u201D ... \"then restart\"";
  judgement.grades[1].evidence = "...";
  judgement.grades[2].evidence = "Open PORT   22";
  EXPECT_EQ(evidence_not_found(judgement, "First open port 22; then restart."), (std::vector{Criterion::completeness}));
  judgement.grades[0].evidence = judgement.grades[1].evidence = judgement.grades[2].evidence = "(empty)";
  EXPECT_TRUE(evidence_not_found(judgement, " \n").empty());
  EXPECT_EQ(evidence_not_found(judgement, "text").size(), 3U);
}

}  // namespace
}  // namespace rigwise
