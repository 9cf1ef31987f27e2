#include "codec/judge_reply.h"

#include <gtest/gtest.h>

#include "codec/answer_json.h"

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
  EXPECT_TRUE(unknown_schema_keys(judge_reply_schema()).empty());
}

TEST(AnswerJson, IsTheLastBlockThatParsesElseTheBrackets) {
  EXPECT_EQ((*find_answer_json("```json\n{\"a\": 1}\n```\n```\n{\"a\": 2}\n```"))["a"], 2);
  EXPECT_EQ((*find_answer_json("Sure! {\"a\": [1]} as asked"))["a"][0], 1);
  EXPECT_EQ((*find_answer_json("[1, 2]")).size(), 2U);
  EXPECT_FALSE(find_answer_json("7"));
  EXPECT_FALSE(find_answer_json("} {"));
}

TEST(AnswerJson, IsHeldToSchemaAndValues) {
  JsonCheck check;
  check.schema = *parse_json(R"({"type": "object", "required": ["total", "lines"], "additionalProperties": false,
    "properties": {"total": {"type": "number", "minimum": 0}, "lines": {"type": "array", "minItems": 1,
    "items": {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}}}}}})");
  check.values = {{"/total", {Json(12.5)}}, {"/lines/0/kind", {Json("A"), Json("b")}}};
  EXPECT_DOUBLE_EQ(grade_json(check, R"({"total": 12.501, "lines": [{"kind": "a"}]})").value, 1);
  const CheckResult wrong = grade_json(check, R"({"total": "12.5", "lines": [{"kind": "c"}], "x": 1})");
  EXPECT_DOUBLE_EQ(wrong.value, 0);
  EXPECT_NE(wrong.note.find("/total: not number"), std::string::npos) << wrong.note;
  EXPECT_NE(wrong.note.find("/x: not known"), std::string::npos) << wrong.note;
  EXPECT_NEAR(grade_json(check, R"({"total": 12.5, "lines": []})").value, 1.0 / 3, 1e-12);
  EXPECT_EQ(grade_json(check, "no").note, "no JSON");
}

TEST(AnswerJson, SchemasOfTasksMayUseOnlyWhatIsChecked) {
  EXPECT_EQ(unknown_schema_keys(*parse_json(R"({"properties": {"a": {"oneOf": []}}, "items": {"format": "date"}})")),
            (std::vector<std::string>{"oneOf", "format"}));
}

}  // namespace
}  // namespace rigwise
