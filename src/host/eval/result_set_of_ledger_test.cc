#include "host/eval/result_set_of_ledger.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "codec/result_set.h"
#include "host/eval/judge_prompt.h"
#include "host/store/lease_owner.h"
#include "host/store/sqlite_database.h"

namespace rigwise {
namespace {

constexpr const char* kVerdict =
    R"({"correctness":{"evidence":"e","reason":"r","score":2},"completeness":{"evidence":"e","reason":"r","score":1},)"
    R"("quality":{"evidence":"e","reason":"r","score":0},"injection_suspected":false})";

class ResultsOfLedger : public testing::Test {
 protected:
  ResultsOfLedger() : path_(testing::TempDir() + "rigwise-results-" + random_id() + ".db") {
    auto database = open_sqlite(path_);
    EXPECT_TRUE(database);
    auto ledger = Ledger::open(std::move(*database));
    EXPECT_TRUE(ledger);
    ledger_ = std::move(*ledger);
    const auto spec = ledger_->put_blob(R"({"pass":0.75})");
    EXPECT_TRUE(ledger_->put_task({"rev1", "developer/a", "developer", "bug-fixing", "text", "en", "fam", *spec}));
    EXPECT_TRUE(ledger_->put_endpoint({"fake", "openai", "http://127.0.0.1:1/v1", {}}));
    for (const char* name : {"candidate", "judge"}) {
      ModelRef model;
      model.sha256 = std::string(name) + "-hash";
      model.requested = name;
      model.family = std::string(name) + "-maker";
      EXPECT_TRUE(ledger_->put_model(model));
    }
  }
  ~ResultsOfLedger() override {
    ledger_.reset();
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + tail);
  }

  void plan(const std::string& run, const std::string& label, int items) {
    EXPECT_TRUE(ledger_->put_run({run, label, R"({"seed":"1","label":"x","protocol":3})", "0.1", "host", {}}));
    std::vector<WorkItem> works;
    for (int i = 0; i < items; ++i)
      works.push_back({"key" + std::to_string(i), "rev1", "candidate-hash", "fake", "{}", i, 3, 0});
    EXPECT_TRUE(ledger_->plan(run, works));
  }

  /// Answers the next item; gives its key.
  std::string answer(const std::string& run, const std::string& attempt, std::optional<Outcome> outcome = Outcome::ok,
                     const std::string& text = {}) {
    const auto claimed = ledger_->claim(run, "fake", this_owner(), 1, 60'000);
    EXPECT_TRUE(claimed && !claimed->empty());
    const ClaimedItem& item = claimed->front();
    EXPECT_TRUE(ledger_->begin_attempt({attempt, item.item.work_key, run, item.lease_epoch, 100}));
    AttemptEnd end;
    end.id = attempt;
    end.outcome = outcome;
    end.answer = text.empty() ? "text of " + attempt : text;
    end.cost_nano = 40;
    end.cost_source = "provider";
    end.total_ns = 1'500'000'000;
    ItemMove move;
    move.state = outcome ? ItemState::checked : ItemState::failed_infra;
    move.outcome = outcome;
    EXPECT_TRUE(ledger_->finish_attempt(end, item.item.work_key, item.lease_epoch, move));
    return item.item.work_key;
  }

  void check(const std::string& key, const std::string& id, const std::string& scorer, const std::string& attempt,
             double value, const std::string& evidence) {
    EXPECT_TRUE(ledger_->put_check({key, id, scorer, attempt, value, true, evidence}));
  }

  ResultSet read(const std::string& run = "") {
    Result<ResultSet> set = result_set_of_ledger(*ledger_, {run, false});
    EXPECT_TRUE(set) << (set ? "" : set.error().message);
    return set ? std::move(*set) : ResultSet{};
  }

  std::string path_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(ResultsOfLedger, HaveTheScoreOfTheNewestScorerThatSawTheAcceptedAttempt) {
  plan("run", "november", 1);
  const std::string key = answer("run", "a1");
  check(key, "score", "1", "a1", 0.25, "{}");
  check(key, "score", "2", "a1", 0.5, R"({"parts":[{"part":"compile","value":0.5,"weight":20}],"capped":true})");
  check(key, "1 keyword", "2", "a1", 0.75, R"({"name":"words","type":"keyword","part":"content","note":"3 of 4"})");
  check(key, "score", "3", "another", 1, "{}");
  const ResultSet set = read();
  ASSERT_EQ(set.answers.size(), 1u);
  const EvaluatedAnswer& got = set.answers[0];
  EXPECT_EQ(got.score, 0.5);
  EXPECT_TRUE(got.capped);
  EXPECT_EQ(got.parts.at(0).part, ScorePart::compile);
  ASSERT_EQ(got.checks.size(), 1u);
  EXPECT_EQ(got.checks[0].evidence, "3 of 4");
  EXPECT_EQ(got.cost_nano, 40);
  EXPECT_EQ(got.total_s, 1.5);
  EXPECT_EQ(set.tasks[0].pass_mark, 0.75);
  EXPECT_EQ(set.run.protocol, 3);
  EXPECT_EQ(set.run.settings.size(), 1u);  // the seed
  EXPECT_EQ(set.money.spent_nano, 40);
}

TEST_F(ResultsOfLedger, WhatWasGivenUpIsAnErrorAndWhatWaitsIsLeftOut) {
  plan("run", "november", 3);
  answer("run", "a1");
  answer("run", "a2", std::nullopt);
  const ResultSet set = read("november");
  ASSERT_EQ(set.answers.size(), 2u);
  EXPECT_EQ(std::count_if(set.answers.begin(), set.answers.end(),
                          [](const EvaluatedAnswer& a) { return a.outcome == Outcome::infra_error; }),
            1);
  ASSERT_EQ(set.excluded.size(), 1u);
  EXPECT_EQ(set.excluded[0].id, "1 item");
}

TEST_F(ResultsOfLedger, VerdictsOnOtherTextsAreNoneOnTheAnswer) {
  plan("run", "november", 1);
  const std::string key = answer("run", "a1");
  const std::string blob = *ledger_->put_blob("text of a1");
  const auto judged = [&](const std::string& id, const std::string& text, const std::string& state,
                          std::int64_t repeat) {
    JudgeRecord judge;
    judge.judge_key = id;
    judge.work_key = key;
    judge.answer = text;
    judge.model_ref = "judge-hash";
    judge.repeat_no = repeat;
    judge.state = state;
    if (state == "done") judge.verdict = kVerdict;
    judge.cost_nano = 7;
    EXPECT_TRUE(ledger_->put_judgement(judge));
  };
  judged("j1", blob, "done", 0);
  judged("j2", blob, "error", 1);
  judged("j3", *ledger_->put_blob("an older answer"), "done", 0);
  judged("j5", blob, "done", -1);  // a canary
  judged("j4", blob, "planned", 2);
  EXPECT_TRUE(ledger_->queue_review(key, "fail_versus_good"));
  ReviewRecord review;
  review.work_key = key;
  review.reason = "fail_versus_good";
  review.verdict = R"({"correctness":1,"completeness":{"score":2},"quality":0})";
  review.who = "ana";
  EXPECT_TRUE(ledger_->decide_review(review));
  const ResultSet set = read();
  ASSERT_EQ(set.answers.at(0).judgements.size(), 2u);
  EXPECT_EQ(set.answers[0].judgements[0].verdict->sum(), 3);
  EXPECT_TRUE(set.answers[0].judgements[1].error);
  EXPECT_EQ(*set.answers[0].review->grades, (std::array<int, 3>{1, 2, 0}));
  EXPECT_EQ(set.money.judges_nano, 35);
  EXPECT_EQ(set.money.spent_nano, 40 + 35);
}

TEST_F(ResultsOfLedger, AVerdictIsOnTheTextAndSoOnEveryItemThatHasIt) {
  plan("run", "november", 2);
  const std::string first = answer("run", "a1", Outcome::ok, "the same words"),
                    second = answer("run", "a2", Outcome::ok, "the same words");
  JudgeRecord judge;
  judge.judge_key = "j";
  judge.work_key = first;
  judge.answer = *ledger_->put_blob("the same words");
  judge.model_ref = "judge-hash";
  judge.state = "done";
  judge.verdict = kVerdict;
  judge.cost_nano = 7;
  ASSERT_TRUE(ledger_->put_judgement(judge));
  const ResultSet set = read();
  ASSERT_EQ(set.answers.size(), 2u);
  for (const EvaluatedAnswer& each : set.answers) ASSERT_EQ(each.judgements.size(), 1u);
  EXPECT_EQ(set.money.judges_nano, 7);  // paid once
}

TEST_F(ResultsOfLedger, CanariesAreCountedByJudgeAndKind) {
  plan("run", "november", 1);
  const std::string key = answer("run", "a1");
  const auto judged = [&](Canary canary, const std::string& state) {
    JudgeRecord judge;
    judge.judge_key = canary_name(canary);
    judge.work_key = key;
    judge.answer = *ledger_->put_blob(canary_name(canary));
    judge.model_ref = "judge-hash";
    judge.repeat_no = canary_number(canary);
    judge.state = state;
    if (state == "done") judge.verdict = kVerdict;  // correctness: good
    ASSERT_TRUE(ledger_->put_judgement(judge));
  };
  judged(Canary::reference, "done");
  judged(Canary::injected, "done");
  judged(Canary::empty, "error");
  const ResultSet set = read();
  std::string counts;
  for (const CanaryCount& count : set.canaries) {
    counts += count.judge + " " + count.kind + " " + std::to_string(count.passed) + "/" + std::to_string(count.tried);
    counts += "\n";
  }
  EXPECT_EQ(counts, "judge empty 0/1\njudge injected 0/1\njudge reference 1/1\n");
}

TEST_F(ResultsOfLedger, TheSameLedgerGivesTheSameBytes) {
  plan("run", "november", 4);
  for (const char* attempt : {"a", "b", "c", "d"}) answer("run", attempt);
  const std::string once = result_set_text(read());
  EXPECT_EQ(result_set_text(read()), once);
  EXPECT_TRUE(parse_result_set(once, "r"));
}

TEST_F(ResultsOfLedger, ARunNobodyHasIsAnErrorWithTheNearestLabels) {
  EXPECT_NE(result_set_of_ledger(*ledger_, {}).error().message.find("no run yet"), std::string::npos);
  plan("r1", "november", 1);
  plan("r2", "december", 1);
  const Error fault = result_set_of_ledger(*ledger_, {"novembr", false}).error();
  EXPECT_EQ(fault.did_you_mean.at(0), "november");
  EXPECT_EQ(read("r2").run.label, "december");
}

TEST_F(ResultsOfLedger, ARunIsMeantByItsIdItsLabelOrTheBeginningOfItsIdAndElseItIsTheNewest) {
  plan("66d2aa", "november", 1);
  plan("66d2bb", "november", 1);
  plan("7c01", "", 1);
  ASSERT_TRUE(ledger_->database().run("UPDATE run SET started_ms = 1 WHERE label = 'november'"));
  using Ids = std::vector<std::string>;
  EXPECT_EQ(*runs_called(*ledger_, "66d2bb"), Ids{"66d2bb"});
  EXPECT_EQ(*runs_called(*ledger_, "66d2b"), Ids{"66d2bb"});
  EXPECT_EQ(*runs_called(*ledger_, "november"), (Ids{"66d2aa", "66d2bb"})) << "one evaluation on two endpoints";
  EXPECT_EQ(*runs_called(*ledger_, ""), Ids{"7c01"});
  EXPECT_EQ(*newest_run_note(*ledger_, {"7c01"}), "run 7c01, the newest of 3 in the store; --run names another");
  const Error fault = runs_called(*ledger_, "66").error();
  EXPECT_EQ(fault.code, ErrorCode::ambiguous);
  EXPECT_EQ(fault.try_this, "one of: 66d2aa, 66d2bb");
  ASSERT_TRUE(ledger_->database().run("UPDATE run SET started_ms = 2 WHERE id = '66d2aa'"));
  ASSERT_TRUE(ledger_->database().run("UPDATE run SET started_ms = 0 WHERE id = '7c01'"));
  EXPECT_EQ(*runs_called(*ledger_, ""), (Ids{"66d2bb", "66d2aa"})) << "the newest, and those of its label";
}

}  // namespace
}  // namespace rigwise
