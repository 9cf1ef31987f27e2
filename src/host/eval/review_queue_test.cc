#include "host/eval/review_queue.h"

#include "host/eval/result_set_of_ledger.h"
#include "host/eval/run_for_tests.h"
#include "host/eval/run_list.h"

namespace rigwise {
namespace {

const std::string kKey = RunForTests::key(0);

ReviewDecision said_by(const std::string& who, std::int64_t seen_ms = 0) {
  return {kKey, {2, 1, 2}, who, "right, but no sources", seen_ms};
}

ReviewCase first_case(Ledger& ledger) {
  const auto cases = review_cases(ledger, "run-1", ReviewWanted::all);
  EXPECT_TRUE(cases && !cases->empty());
  return cases && !cases->empty() ? cases->front() : ReviewCase{};
}

TEST(ReviewQueue, ADecisionStandsThereAsTheTerminalsDoes) {
  const RunForTests by_page, by_terminal;
  const auto page = by_page.open(), terminal = by_terminal.open();
  const auto in_the_way = decide_seen_case(*page, "run-1", said_by("ana"));
  ASSERT_TRUE(in_the_way);
  EXPECT_FALSE(*in_the_way);
  ASSERT_TRUE(decide_case(*terminal, "run-1", kKey.substr(0, 6), {2, 1, 2}, "ana", "right, but no sources"));
  ReviewCase a = first_case(*page), b = first_case(*terminal);
  EXPECT_GT(a.decided_ms, 0);
  a.decided_ms = b.decided_ms = 0;
  EXPECT_EQ(review_case_json(a), review_case_json(b));
  EXPECT_EQ(a.reasons.size(), 2U);
  EXPECT_FALSE(a.is_open);
}

TEST(ReviewQueue, AVerdictThatWasNotSeenIsNeverReplaced) {
  const RunForTests run;
  const auto ledger = run.open();
  ASSERT_FALSE(decide_seen_case(*ledger, "run-1", said_by("ana"))->has_value());
  ReviewDecision other = said_by("bo");
  other.grades = {0, 0, 0};
  const auto in_the_way = decide_seen_case(*ledger, "run-1", other);
  ASSERT_TRUE(in_the_way);
  ASSERT_TRUE(in_the_way->has_value());
  EXPECT_EQ((*in_the_way)->who, "ana");
  EXPECT_EQ(first_case(*ledger).verdict, "[2,1,2]");
  other.seen_ms = (*in_the_way)->decided_ms;
  EXPECT_FALSE(decide_seen_case(*ledger, "run-1", other)->has_value());
  EXPECT_EQ(first_case(*ledger).who, "bo");
}

TEST(ReviewQueue, ACaseIsOpenAgainWhenAnotherReasonComes) {
  const RunForTests run;
  const auto ledger = run.open();
  ASSERT_FALSE(decide_seen_case(*ledger, "run-1", said_by("ana"))->has_value());
  ASSERT_TRUE(ledger->queue_review(kKey, "random_sample"));
  const ReviewCase again = first_case(*ledger);
  EXPECT_TRUE(again.is_decided && again.is_open);
  EXPECT_TRUE(decide_seen_case(*ledger, "run-1", said_by("bo"))->has_value()) << "ana's verdict has not been seen";
  EXPECT_FALSE(decide_seen_case(*ledger, "run-1", said_by("bo", again.decided_ms))->has_value());
}

TEST(ReviewQueue, AKeyOfAnotherRunIsNoCase) {
  const RunForTests run;
  const auto ledger = run.open();
  EXPECT_EQ(decide_seen_case(*ledger, "run-2", said_by("ana")).error().code, ErrorCode::not_found);
  ReviewDecision beginning = said_by("ana");
  beginning.work_key = kKey.substr(0, 4);
  EXPECT_EQ(decide_seen_case(*ledger, "run-1", beginning).error().code, ErrorCode::not_found);
}

TEST(ReviewQueue, RunsSayHowFarTheyAre) {
  const RunForTests run;
  const auto ledger = run.open();
  ASSERT_FALSE(decide_seen_case(*ledger, "run-1", said_by("ana"))->has_value());
  const auto runs = list_runs(*ledger);
  ASSERT_TRUE(runs && runs->size() == 1);
  const ListedRun& listed = runs->front();
  EXPECT_EQ(listed.label, "november");
  EXPECT_EQ(listed.wanted, 4);
  EXPECT_EQ(listed.finished, 3);
  EXPECT_EQ(listed.given_up, 0);
  EXPECT_EQ(listed.judged.judgements, 6);
  EXPECT_EQ(listed.judged.unreadable, 0);
  EXPECT_EQ(listed.reviews_open, 1);
  EXPECT_EQ(listed.reviews_decided, 1);
  EXPECT_EQ(listed.spent_nano, 120);
}

TEST(ReviewQueue, EveryFaceCountsTheSameJudgements) {
  const RunForTests run;
  const auto ledger = run.open();
  JudgeRecord again, canary, unread;
  for (JudgeRecord* record : {&again, &canary, &unread}) {
    record->work_key = kKey;
    record->answer = *ledger->put_blob("It is worth 0.");
    record->model_ref = "judge-a-hash";
    record->state = "error";
  }
  again.judge_key = "again";
  again.repeat_no = 1;
  canary.judge_key = "canary";
  canary.repeat_no = -1;
  unread.judge_key = "unread";
  unread.model_ref = "judge-c-hash";
  unread.cost_nano = 30;
  ModelRef third;
  third.sha256 = "judge-c-hash";
  third.requested = third.family = "judge-c";
  ASSERT_TRUE(ledger->put_model(third));
  for (const JudgeRecord* record : {&again, &canary, &unread}) ASSERT_TRUE(ledger->put_judgement(*record));
  const auto listed = listed_run(*ledger, "run-1");
  ASSERT_TRUE(listed);
  const auto set = result_set_of_ledger(*ledger, {"run-1", false});
  ASSERT_TRUE(set);
  std::int64_t reported = 0, unreadable = 0;
  for (const EvaluatedAnswer& answer : set->answers) {
    for (const JudgeOpinion& opinion : answer.judgements) {
      reported += opinion.repeat == 0 ? 1 : 0;
      unreadable += opinion.repeat == 0 && opinion.error ? 1 : 0;
    }
  }
  EXPECT_EQ(listed->judged.judgements, reported);
  EXPECT_EQ(listed->judged.judgements, 7);
  EXPECT_EQ(listed->judged.unreadable, unreadable);
  EXPECT_EQ(listed->judged.unreadable, 1);
  EXPECT_EQ(listed->judged.cost_nano, set->money.judges_nano);
}

/// Lets the second task's answer say what the first one's does, to the same task.
void make_identical(Ledger& ledger) {
  ASSERT_TRUE(ledger.database().run("UPDATE item SET task_rev = 'task-0-rev', sample_no = 1 WHERE work_key = $1",
                                    {RunForTests::key(1)}));
  ASSERT_TRUE(ledger.database().run(
      "UPDATE attempt SET answer = (SELECT answer FROM attempt WHERE id = 'attempt-0') WHERE id = 'attempt-1'"));
}

TEST(ReviewQueue, IdenticalAnswersAreOneCaseAndOneDecisionServesThemAll) {
  const RunForTests run;
  const auto ledger = run.open();
  make_identical(*ledger);
  const auto open = review_cases(*ledger, "run-1", ReviewWanted::open);
  ASSERT_TRUE(open && open->size() == 1);
  EXPECT_EQ(open->front().same, (std::vector<std::string>{kKey, RunForTests::key(1)}));
  EXPECT_EQ(review_case_json(open->front())["identical"], 2);
  EXPECT_EQ(case_called(*ledger, "run-1", "key1")->work_key, kKey) << "any of the keys names the case";
  ASSERT_FALSE(decide_seen_case(*ledger, "run-1", said_by("ana"))->has_value());
  EXPECT_TRUE(review_cases(*ledger, "run-1", ReviewWanted::open)->empty());
  const auto set = result_set_of_ledger(*ledger, {"run-1", false});
  ASSERT_TRUE(set);
  int decided = 0;
  for (const EvaluatedAnswer& answer : set->answers) {
    if (!answer.review) continue;
    EXPECT_EQ(answer.review->grades, (std::array<int, 3>{2, 1, 2}));
    EXPECT_EQ(answer.review->identical, 2);
    ++decided;
  }
  EXPECT_EQ(decided, 2);
  const auto noted = ledger->database().run("SELECT detail FROM event WHERE kind = 'reviewed'");
  ASSERT_TRUE(noted && noted->size() == 1);
  EXPECT_TRUE(noted->front().text(0).starts_with("decided once for 2 identical answers: key0"));
}

TEST(ReviewQueue, AnAnswerThatWasDecidedBeforeIsNotAskedAboutAgainForAnotherModel) {
  const RunForTests run;
  const auto ledger = run.open();
  make_identical(*ledger);
  ASSERT_TRUE(ledger->database().run("DELETE FROM review WHERE work_key = $1", {RunForTests::key(1)}));
  ASSERT_FALSE(decide_seen_case(*ledger, "run-1", said_by("ana"))->has_value());
  const std::string said = review_cases(*ledger, "run-1", ReviewWanted::all)->front().said;
  EXPECT_FALSE(*queue_answer(*ledger, RunForTests::key(1), "task-0-rev", said, {"fail_versus_good"}));
  EXPECT_EQ(first_case(*ledger).same.size(), 2U);
  EXPECT_FALSE(first_case(*ledger).is_open);
  EXPECT_TRUE(*queue_answer(*ledger, RunForTests::key(1), "task-0-rev", said, {"judge_error"}))
      << "a reason that comes later opens the case again";
}

TEST(ReviewQueue, WhatNobodyKnowsTheCostOfIsNotFree) {
  const RunForTests run;
  const auto ledger = run.open();
  ASSERT_TRUE(ledger->database().run("UPDATE attempt SET cost_nano = NULL"));
  ASSERT_TRUE(ledger->database().run("UPDATE run SET spent_nano = 0"));
  EXPECT_FALSE(listed_run(*ledger, "run-1")->spent_nano);
}

TEST(ReviewQueue, OneAnswerOfARunIsWhatItsResultsHoldAndItsText) {
  const RunForTests run;
  const auto ledger = run.open();
  const auto set = result_set_of_ledger(*ledger, {"november", true});
  ASSERT_TRUE(set && set->answers.size() == 3);
  for (const EvaluatedAnswer& expected : set->answers) {
    const auto one = answer_of_ledger(*ledger, "november", *expected.key);
    ASSERT_TRUE(one) << one.error().message;
    EXPECT_EQ(one->task, expected.task);
    EXPECT_EQ(one->text, expected.text);
    EXPECT_EQ(one->checks.size(), expected.checks.size());
    EXPECT_EQ(one->judgements.size(), 2U);
  }
  for (const std::string& key : {std::string(), std::string("key"), RunForTests::key(3), RunForTests::key(9)}) {
    EXPECT_EQ(answer_of_ledger(*ledger, "november", key).error().code, ErrorCode::not_found) << key;
  }
}

}  // namespace
}  // namespace rigwise
