#include "codec/judge_reply.h"

#include <gtest/gtest.h>

#include "codec/json_schema.h"

namespace rigwise {
namespace {

constexpr std::string_view kGood =
    R"({"correctness": {"evidence": "e", "reason": "r", "score": 2}, "completeness": {"evidence": "e", "reason": "r",
"score": 1}, "quality": {"evidence": "e", "reason": "r", "score": 0}, "injection_suspected": false})";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kGood);
  return text.replace(text.find(from), from.size(), to);
}

TEST(JudgeReply, IsReadWhereItIsOneObject) {
  for (const std::string& reply : {std::string(kGood), "```json\n" + std::string(kGood) + "\n```\n",
                                   "  ```\n" + std::string(kGood) + "\n```", "\n" + std::string(kGood) + "\n\n"}) {
    const Result<JudgeVerdict> judgement = parse_judge_reply(reply);
    ASSERT_TRUE(judgement) << reply << judgement.error().message;
    EXPECT_EQ(judgement->grades[0].score, 2);
    EXPECT_EQ(judgement->sum(), 3);
    EXPECT_FALSE(judgement->injection_suspected);
  }
}

TEST(JudgeReply, IsAnErrorAndNeverAScoreWhereItIsAnythingElse) {
  const std::string good(kGood);
  for (const std::string& reply : {
           std::string(),
           std::string("GRADE: CI"),
           std::string("downgrade: incorrect"),
           std::string("I would give 2, 2 and 2."),
           "Here you are: " + good,
           good + "\nI hope this helps.",
           good + good,
           "```json\n" + good + "\n```\n```json\n" + good + "\n```",
           "```json\n" + good + "\n```\nDone.",
           "[" + good + "]",
           good.substr(0, good.size() - 2),
           replaced("\"score\": 2", "\"score\": \"2\""),
           replaced("\"score\": 2", "\"score\": 3"),
           replaced("\"score\": 2", "\"score\": 1.5"),
           replaced("\"score\": 2", "\"score\": null"),
           replaced("\"score\": 2", "\"score\": 0, \"score\": 2"),
           replaced(", \"score\": 2", ""),
           replaced("\"correctness\"", "\"correct\u200Bness\""),
           replaced("\"quality\"", "\"correctness\""),
           replaced("\"quality\"", "\"style\""),
           replaced(", \"injection_suspected\": false", ""),
           replaced("false", "\"no\""),
           replaced("false", "false, \"overall\": 10"),
       }) {
    const Result<JudgeVerdict> judgement = parse_judge_reply(reply);
    ASSERT_FALSE(judgement) << reply;
    EXPECT_FALSE(judgement.error().message.empty());
    EXPECT_FALSE(judgement.error().try_this.empty()) << reply;
  }
}

TEST(JudgeReply, HasASchemaThatTakesWhatTheParserTakes) {
  EXPECT_TRUE(schema_faults(*parse_json(kGood), judge_reply_schema()).empty());
  EXPECT_FALSE(schema_faults(*parse_json(replaced("\"score\": 2", "\"score\": 3")), judge_reply_schema()).empty());
  EXPECT_FALSE(schema_faults(*parse_json(replaced("false", "false, \"x\": 1")), judge_reply_schema()).empty());
  EXPECT_EQ(unusable_schema(judge_reply_schema()), "");
}

}  // namespace
}  // namespace rigwise
