#include "codec/result_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/canonical_json.h"

namespace rigwise {
namespace {

/// One of everything.
ResultSet full_set() {
  ResultSet set;
  set.run = {"r1", "demo", "2026-11-22T05:50:00Z", "abc", "0.9.0", "box", 2, true, {{"temperature", "0"}}};
  set.models = {{"m1", "llama-3.1-8b", "llama-3.1-8b", "llama", "local", "openrouter", "Q4_K_M", "sha", "llama.cpp",
                 24.0, "rtx 4090", "promptfoo"},
                {"m0", "other", {}, "qwen", {}, {}, {}, {}, {}, {}, {}, {}}};
  set.tasks = {{"developer/b", "2", "developer", "coding-agent", "fam", "code", "en", 0.7},
               {"developer/a", "1", "", "", "", "", "", 0.6}};
  EvaluatedAnswer answer;
  answer.task = "developer/b";
  answer.model = "m1";
  answer.sample = 1;
  answer.outcome = Outcome::truncated;
  answer.attempts = 2;
  answer.score = 0.1 + 0.2;
  answer.capped = true;
  answer.parts = {{ScorePart::compile, 0.5, 20}};
  answer.checks = {{"cases", "unit_test", ScorePart::content, false, 0.25, "3 of 12"}};
  answer.cost_nano = 123456789;
  answer.cost_source = "provider";
  answer.tokens = {100, 10, 50, 5};
  answer.total_s = 1.5;
  answer.first_token_s = 0.25;
  answer.text = "caf\xc3\xa9 \"\n";
  JudgeVerdict verdict;
  verdict.grades[1] = {"quote", "why", 2};
  answer.judgements = {{"judge-b", "qwen", 0, verdict, {}, 7}, {"judge-a", "llama", 1, {}, "no JSON", {}}};
  answer.review = AnswerReview{{"fail_versus_good"}, {{0, 1, 2}}, "ana", "fine"};
  EvaluatedAnswer plain;
  plain.task = "developer/a";
  plain.model = "m0";
  set.answers = {answer, plain};
  set.canaries = {{"judge-a", "reference", 3, 4}};
  set.excluded = {{"task", "developer/c", "broken"}};
  set.money = {1000, 10, 100, "EUR"};
  return set;
}

TEST(ResultSet, ReadsBackWhatItWrote) {
  const std::string text = result_set_text(full_set());
  const Result<ResultSet> read = parse_result_set(text, "r.json");
  ASSERT_TRUE(read) << read.error().message << " " << read.error().where;
  EXPECT_EQ(result_set_text(*read), text);
  const EvaluatedAnswer& answer = read->answers[1];
  EXPECT_EQ(answer.score, 0.1 + 0.2);
  EXPECT_EQ(answer.text, "caf\xc3\xa9 \"\n");
  EXPECT_EQ(answer.judgements[1].verdict->grades[1].score, 2);
  EXPECT_EQ(*answer.review->grades, (std::array<int, 3>{0, 1, 2}));
}

TEST(ResultSet, IsTheSameBytesInWhateverOrderResultsCame) {
  ResultSet turned = full_set();
  std::reverse(turned.models.begin(), turned.models.end());
  std::reverse(turned.tasks.begin(), turned.tasks.end());
  std::reverse(turned.answers.begin(), turned.answers.end());
  std::reverse(turned.answers.back().judgements.begin(), turned.answers.back().judgements.end());
  EXPECT_EQ(result_set_text(turned), result_set_text(full_set()));
}

TEST(ResultSet, ItsHashIsThatOfItsCanonicalJson) {
  EXPECT_EQ(result_set_sha256(full_set()), content_key(result_set_json(full_set())));
  EXPECT_EQ(result_set_sha256({}), content_key(result_set_json({})));
}

TEST(ResultSet, RefusesWhatItDoesNotKnow) {
  const auto message = [](const std::string& text) { return parse_result_set(text, "r.json").error().message; };
  EXPECT_NE(message("{}").find("does not say its format"), std::string::npos);
  EXPECT_NE(message(R"({"format":"rigwise.eval.results/2"})").find("rigwise.eval.results/2"), std::string::npos);
  const std::string head = R"({"format":"rigwise.eval.results/1",)";
  EXPECT_NE(message(head + R"("answres":[]})").find("answres"), std::string::npos);
  EXPECT_NE(message(head + R"("answers":[{"task":"a","model":"b"}]})").find("no task of the set"), std::string::npos);
  EXPECT_NE(message(head + R"("tasks":[{"id":"a"},{"id":"a"}]})").find("twice"), std::string::npos);
  EXPECT_NE(message(head + R"("money":{"spent_nano":0.5}})").find("whole"), std::string::npos);
}

TEST(ResultSet, HasNoHalfVerdicts) {
  const std::string head = R"({"format":"rigwise.eval.results/1","tasks":[{"id":"t"}],"models":[{"id":"m"}],)";
  const auto judged = [&](const std::string& opinion) {
    return parse_result_set(head + R"("answers":[{"task":"t","model":"m","judgements":[)" + opinion + "]}]}", "r");
  };
  EXPECT_FALSE(judged(R"({"judge":"j"})"));
  EXPECT_FALSE(judged(R"({"judge":"j","verdict":{"correctness":{"score":1}}})"));
  EXPECT_FALSE(judged(R"({"judge":"j","verdict":{"correctness":{"score":1},"completeness":{"score":3},)"
                      R"("quality":{"score":1}}})"));
  EXPECT_TRUE(judged(R"({"judge":"j","error":"no JSON"})"));
}

TEST(ResultSet, NeverMixesTwoRevisionsOfATask) {
  ResultSet later = full_set();
  later.run.id = "r2";
  later.tasks[0].rev = "3";
  later.answers[0].model = "m0";
  const ResultSet both = joined({full_set(), later});
  ASSERT_EQ(both.answers.size(), 2u);
  EXPECT_EQ(both.answers[1].model, "m0");
  EXPECT_EQ(both.tasks[1].rev, "3");
  ASSERT_EQ(both.excluded.size(), 3u);
  EXPECT_EQ(both.excluded[0].id, "developer/b");
  EXPECT_EQ(both.money.spent_nano, 2000);
}

/// A set of one run that cost 1000 nano-dollars.
ResultSet set_of(const std::string& run) {
  ResultSet set = full_set();
  set.run.id = run;
  set.excluded.clear();
  return set;
}

TEST(ResultSet, CountsTheMoneyOfARunOnceHoweverOftenItIsGiven) {
  const ResultSet twice = joined({set_of("r1"), set_of("r1")});
  EXPECT_EQ(twice.money.spent_nano, 1000);
  EXPECT_EQ(twice.run.id, "r1");
  EXPECT_EQ(twice.canaries.size(), 1u);
  ASSERT_EQ(twice.excluded.size(), 1u);
  EXPECT_EQ(twice.excluded[0].what + " " + twice.excluded[0].id, "run r1");

  const ResultSet both = joined({set_of("r1"), set_of("r2")});
  EXPECT_EQ(both.money.spent_nano, 2000);
  EXPECT_EQ(joined({both, set_of("r1"), set_of("r2")}).money.spent_nano, 2000) << "a run beside what holds it";
  EXPECT_EQ(joined({set_of("r1"), set_of("r2"), both}).run.id, "r1+r2");
  EXPECT_EQ(joined({both, joined({set_of("r2"), set_of("r1")})}).money.spent_nano, 2000);
}

TEST(ResultSet, OfTwoStatesOfARunTheFullerStays) {
  ResultSet early = set_of("r1");
  early.answers.pop_back();
  early.money.spent_nano = 600;
  for (const ResultSet& all : {joined({early, set_of("r1")}), joined({set_of("r1"), early})}) {
    EXPECT_EQ(all.answers.size(), 2u);
    EXPECT_EQ(all.money.spent_nano, 1000);
  }
}

TEST(ResultSet, TheSameQuestionsAskedElsewhereAreAnotherRun) {
  ResultSet elsewhere = set_of("r1");
  elsewhere.run.host = "another box";
  EXPECT_EQ(joined({set_of("r1"), elsewhere}).money.spent_nano, 2000);
}

TEST(ResultSet, NamesARunWhoseMoneyCannotBeCountedOnce) {
  EXPECT_EQ(run_in_two_sets({set_of("r1+r2"), set_of("r2+r3")}), "r2");
  EXPECT_EQ(run_in_two_sets({set_of("r1+r2"), set_of("r2")}), std::nullopt);
  EXPECT_EQ(run_in_two_sets({set_of("r1"), set_of("r1")}), std::nullopt);
}

}  // namespace
}  // namespace rigwise
