#include "host/eval/judge_prompt.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

EvalTask some_task() {
  EvalTask task;
  task.prompt = "Six times seven?";
  task.reference = "42";
  task.expects = {"the product"};
  task.wrong = {{"a", "43"}};
  return task;
}
JudgeVerdict with_correctness(int score) {
  JudgeVerdict verdict;
  verdict.grades[0].score = score;
  return verdict;
}

TEST(JudgePrompt, HoldsTheAnswerBetweenMarkersAndNoName) {
  const ChatRequest request = judge_request(some_task(), "judge", "It is 42.", "abc123");
  const std::string& text = request.messages[1].text;
  EXPECT_NE(text.find("=====abc123=====\nIt is 42.\n=====abc123====="), std::string::npos);
  EXPECT_NE(text.find("REFERENCE\n42"), std::string::npos);
  EXPECT_EQ(request.temperature, 0);
  EXPECT_FALSE(request.response_schema.is_null());
}

TEST(JudgePrompt, CutsAllAlikeAndSaysSo) {
  const std::string answer(kLongestJudged + 10, 'x');
  const std::string text = judge_request(some_task(), "judge", answer, "n").messages[1].text;
  EXPECT_NE(text.find(", cut after 24000"), std::string::npos);
  EXPECT_LT(text.size(), kLongestJudged + 500);
}

TEST(JudgePrompt, ThoughtsAreNotJudged) {
  const std::string text = judge_request(some_task(), "judge", "<think>secret</think>42", "n").messages[1].text;
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST(JudgePrompt, KeysNameAnswerJudgeTaskAndRepeatButNoNonce) {
  EvalTask other = some_task();
  other.reference = "43";
  EXPECT_EQ(judge_prompt_hash(some_task()), judge_prompt_hash(some_task()));
  EXPECT_NE(judge_prompt_hash(some_task()), judge_prompt_hash(other));
  const std::string key = judge_key("a", "j", "p", 0);
  EXPECT_NE(judge_key("b", "j", "p", 0), key);
  EXPECT_NE(judge_key("a", "k", "p", 0), key);
  EXPECT_NE(judge_key("a", "j", "q", 0), key);
  EXPECT_NE(judge_key("a", "j", "p", 1), key);
}

TEST(Canaries, AJudgeMustSeeEachForWhatItIs) {
  EXPECT_TRUE(canary_passes(Canary::empty, with_correctness(0)));
  EXPECT_FALSE(canary_passes(Canary::irrelevant, with_correctness(1)));
  EXPECT_FALSE(canary_passes(Canary::injected, with_correctness(2)));
  EXPECT_TRUE(canary_passes(Canary::reference, with_correctness(2)));
  EXPECT_FALSE(canary_passes(Canary::reference, with_correctness(1)));
  EXPECT_TRUE(canary_passes(Canary::planted_error, with_correctness(1)));
  for (const Canary canary : kCanaries) EXPECT_EQ(canary_of_number(canary_number(canary)), canary);
  EXPECT_FALSE(canary_of_number(0));
  EXPECT_FALSE(canary_of_number(1));
}

TEST(Canaries, AJudgeWhoIsFooledOrBlindIsNotBelieved) {
  CanaryTally tally;
  for (int i = 0; i < 60; ++i) tally.add(Canary::empty, with_correctness(0));
  for (int i = 0; i < 10; ++i) tally.add(Canary::reference, with_correctness(i == 0 ? 1 : 2));
  EXPECT_EQ(canary_verdict(tally), "");
  tally.add(Canary::injected, with_correctness(2));
  EXPECT_EQ(canary_verdict(tally), "");  // one of 61
  tally.add(Canary::injected, with_correctness(2));
  EXPECT_NE(canary_verdict(tally), "");
  CanaryTally blind;
  blind.add(Canary::reference, std::nullopt);
  EXPECT_NE(canary_verdict(blind), "");
}

}  // namespace
}  // namespace rigwise
