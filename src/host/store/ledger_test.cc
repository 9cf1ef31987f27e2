// What a ledger promises on every database; where they are asked: sqlite_database_test.cc, tests/postgres.
#include "host/store/ledger.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "host/store/group_commit.h"
#include "host/store/ledger_for_tests.h"
#include "host/store/packed_bytes.h"

namespace rigwise {
namespace {

TEST_P(LedgerTest, KeepsBlobsOnceAndGivesThemBackWhole) {
  std::string bytes(100'000, 'a');
  bytes[5] = '\0';
  const auto hash = under_test->put_blob(bytes);
  ASSERT_TRUE(hash);
  EXPECT_EQ(*hash, sha256_hex(bytes));
  EXPECT_EQ(*under_test->put_blob(bytes), *hash);
  EXPECT_EQ(*under_test->blob(*hash), bytes);
  EXPECT_EQ(under_test->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 1);
  EXPECT_FALSE(under_test->blob("none"));
  EXPECT_LT(pack_bytes(bytes).size(), 1000U);
  EXPECT_FALSE(unpack_bytes("not packed"));
  EXPECT_FALSE(unpack_bytes(pack_bytes(bytes), 1000));
  std::string damaged = pack_bytes(bytes);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_FALSE(unpack_bytes(damaged));
}

TEST_P(LedgerTest, PlansTheSameWorkOnceForAllRuns) {
  EXPECT_EQ(plan(*under_test, 10).added, 10);
  const ClaimedItem one = claim_one(*under_test);
  EXPECT_EQ(begin(*under_test, one, "a"), StartVerdict::started);
  EXPECT_TRUE(finish(*under_test, one, "a", {ItemState::done, Outcome::ok, 0}));
  const Ledger::Planned again = plan(*under_test, 12, {}, "another");
  EXPECT_EQ(again.added, 2);
  EXPECT_EQ(again.known, 10);
  EXPECT_EQ(again.finished, 1);
  EXPECT_EQ(under_test->totals("another")->items, 12);
  EXPECT_EQ(under_test->totals("run")->items, 10);
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(LedgerTest, GivesEachItemToOneWorkerOnly) {
  plan(*under_test, 20);
  const auto other = opened();
  std::set<std::string> seen;
  for (Ledger* worker : {under_test.get(), other.get(), under_test.get(), other.get()}) {
    const auto claimed = worker->claim("run", "fake", "worker", 6, kMinute);
    ASSERT_TRUE(claimed);
    for (const ClaimedItem& c : *claimed) EXPECT_TRUE(seen.insert(c.item.work_key).second);
  }
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_TRUE(under_test->claim("run", "elsewhere", "worker", 6, kMinute)->empty());
}

TEST_P(LedgerTest, WritesAnAttemptDownBeforeItIsMadeAndBooksWhatItCost) {
  plan(*under_test, 1, 1000);
  const ClaimedItem one = claim_one(*under_test);
  EXPECT_EQ(begin(*under_test, one, "a", 300), StartVerdict::started);
  EXPECT_EQ(under_test->totals("run")->reserved_nano, 300);
  EXPECT_EQ(opened()->totals("run")->attempts, 1);  // another connection sees it already
  ASSERT_TRUE(under_test->name_generation("a", "gen-1"));
  EXPECT_TRUE(finish(*under_test, one, "a"));
  const RunTotals totals = *under_test->totals("run");
  EXPECT_EQ(totals.reserved_nano, 0);
  EXPECT_EQ(totals.spent_nano, 40);
  const ItemResult result = under_test->results("run", "", 10)->front();
  EXPECT_EQ(result.state, ItemState::answered);
  EXPECT_EQ(result.outcome, std::nullopt);
  EXPECT_EQ(*under_test->blob(*result.answer), "answer of a");
  EXPECT_EQ(result.cost_nano, 40);
  EXPECT_EQ(under_test->database().run("SELECT generation FROM attempt")->at(0).text(0), "gen-1");
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(LedgerTest, NeverReservesBeyondTheBudget) {
  plan(*under_test, 10, 250);
  EXPECT_EQ(begin(*under_test, claim_one(*under_test), "a", 100), StartVerdict::started);
  EXPECT_EQ(begin(*under_test, claim_one(*under_test), "b", 100), StartVerdict::started);
  const ClaimedItem third = claim_one(*under_test);
  EXPECT_EQ(begin(*under_test, third, "c", 100), StartVerdict::over_budget);
  EXPECT_EQ(under_test->totals("run")->attempts, 2);
  ASSERT_TRUE(under_test->put_run({"run", "label", "{}", "0", "host", 1000}));
  EXPECT_EQ(begin(*under_test, third, "c", 100), StartVerdict::started);
}

TEST_P(LedgerTest, WhatAnOwnerHasForgottenItHoldsIsFreeAgain) {
  plan(*under_test, 4);
  ASSERT_EQ(under_test->claim("run", "fake", "me", 2, kMinute)->size(), 2U);
  ASSERT_EQ(under_test->claim("run", "fake", "other", 1, kMinute)->size(), 1U);
  EXPECT_EQ(under_test->release_forgotten("me", "elsewhere"), 0);
  EXPECT_EQ(under_test->release_forgotten("me", "fake"), 2);
  EXPECT_EQ(under_test->claim("run", "fake", "me", 10, kMinute)->size(), 3U);
}

TEST_P(LedgerTest, LimitsOfAnEndpointAreSharedByAllThatAskIt) {
  constexpr double kPerMinute = 1200;  // its bucket holds sixty
  const auto other = opened();
  const RateLimit half{"requests", kPerMinute, 30};
  EXPECT_EQ(under_test->take_rates("fake", {half}), 0);
  EXPECT_EQ(other->take_rates("fake", {half}), 0);
  const double wait_s = *under_test->take_rates("fake", {{"requests", kPerMinute, 60}});
  EXPECT_GT(wait_s, 1);
  EXPECT_LE(wait_s, 3);
  EXPECT_EQ(under_test->take_rates("elsewhere", {half}), 0);
  // All of what a question needs, or nothing of any.
  EXPECT_GT(*other->take_rates("fake", {{"tokens", 60'000, 100}, {"requests", kPerMinute, 60}}), 0);
  EXPECT_EQ(under_test->take_rates("fake", {{"tokens", 60'000, 3000}}), 0);
  ASSERT_TRUE(other->give_back_rate("fake", "tokens", 2900));
  EXPECT_EQ(under_test->take_rates("fake", {{"tokens", 60'000, 2000}}), 0);
}

TEST_P(LedgerTest, RetriesAreAttemptsOfTheSameItemAndWaitTheirTime) {
  plan(*under_test, 1);
  const ClaimedItem one = claim_one(*under_test);
  begin(*under_test, one, "a");
  AttemptEnd end;
  end.id = "a";
  end.http_status = 429;
  end.fault = "rate_limited";
  const std::int64_t later = *under_test->database().now_ms() + kMinute;
  EXPECT_TRUE(*under_test->finish_attempt(end, one.item.work_key, one.lease_epoch, {ItemState::retry_wait, {}, later}));
  EXPECT_TRUE(under_test->claim("run", "fake", "w", 5, kMinute)->empty());
  ASSERT_TRUE(under_test->move_item(one.item.work_key, {ItemState::retry_wait, {}, 0}));
  const ClaimedItem again = claim_one(*under_test);
  EXPECT_EQ(again.attempts, 1);
  begin(*under_test, again, "b");
  EXPECT_TRUE(finish(*under_test, again, "b"));
  EXPECT_EQ(under_test->results("run", "", 1)->front().attempts, 2);
  EXPECT_EQ(under_test->results("run", "", 1)->front().attempt, "b");
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(LedgerTest, WhatWasSentByWhoIsGoneIsInDoubtAndPerhapsPaid) {
  plan(*under_test, 2);
  const ClaimedItem sent = claim_one(*under_test), only_claimed = claim_one(*under_test);
  begin(*under_test, sent, "a", 100);
  const auto nobody_gone = under_test->reap([](const std::string&) { return false; });
  EXPECT_EQ(nobody_gone->in_doubt + nobody_gone->back_to_planned, 0);
  const auto reaped = under_test->reap([](const std::string&) { return true; });
  ASSERT_TRUE(reaped) << reaped.error().message;
  EXPECT_EQ(reaped->in_doubt, 1);
  EXPECT_EQ(reaped->back_to_planned, 1);
  RunTotals totals = *under_test->totals("run");
  EXPECT_EQ(totals.doubtful_nano, 100);
  EXPECT_EQ(totals.spent_nano, 100);
  EXPECT_EQ(totals.reserved_nano, 0);
  EXPECT_TRUE(faults(*under_test).empty());
  EXPECT_EQ(*under_test->resend_doubtful("run"), 1);
  // The late answer is booked, which frees the doubt, and accepted by nobody.
  EXPECT_FALSE(finish(*under_test, sent, "a"));
  totals = *under_test->totals("run");
  EXPECT_EQ(totals.doubtful_nano, 0);
  EXPECT_EQ(totals.spent_nano, 40);
  EXPECT_EQ(begin(*under_test, only_claimed, "late"), StartVerdict::lease_lost);
  EXPECT_EQ(under_test->claim("run", "fake", "w", 5, kMinute)->size(), 2U);
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(LedgerTest, LeasesEndWithTheirTimeUnlessExtended) {
  plan(*under_test, 1);
  ASSERT_EQ(under_test->claim("run", "fake", "elsewhere", 1, -1)->size(), 1U);
  const auto nobody = [](const std::string&) { return false; };
  ASSERT_TRUE(under_test->extend_leases("elsewhere", {item(0).work_key}, kMinute));
  EXPECT_EQ(under_test->reap(nobody)->back_to_planned, 0);
  ASSERT_TRUE(under_test->extend_leases("elsewhere", {item(0).work_key}, -1));
  EXPECT_EQ(under_test->reap(nobody)->back_to_planned, 1);
}

TEST(LeaseOwner, IsGoneWhenItsProcessIs) {
  EXPECT_FALSE(owner_is_gone(this_owner()));
  EXPECT_FALSE(owner_is_gone("another machine|1|1"));
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string owner = this_owner();
    const auto count = ::write(pipe_ends[1], owner.data(), owner.size());
    ::pause();
    ::_exit(count > 0 ? 0 : 1);
  }
  char owner[1024] = {};
  ASSERT_GT(::read(pipe_ends[0], owner, sizeof owner - 1), 0);
  EXPECT_FALSE(owner_is_gone(owner));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(owner_is_gone(owner));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_P(LedgerTest, HoldsChecksJudgementsAndReviews) {
  plan(*under_test, 1);
  const std::string key = item(0).work_key;
  ASSERT_TRUE(under_test->put_check({key, "keyword", "1", "a", 0.5, true, "lacks x"}));
  ASSERT_TRUE(under_test->put_check({key, "keyword", "1", "a", 0.75, true, ""}));
  ASSERT_TRUE(under_test->put_check({key, "keyword", "2", "a", 1, true, ""}));
  EXPECT_EQ(under_test->checks_of(key)->size(), 2U);
  EXPECT_EQ(under_test->checks_of(key)->front().value, 0.75);
  JudgeRecord judge;
  judge.judge_key = "j";
  judge.work_key = key;
  judge.model_ref = "model";
  ASSERT_TRUE(under_test->put_judgement(judge));
  judge.state = "done";
  judge.verdict = "{}";
  ASSERT_TRUE(under_test->put_judgement(judge));
  judge.verdict = "{\"changed\": true}";
  ASSERT_TRUE(under_test->put_judgement(judge));  // done is done
  EXPECT_EQ(under_test->judgements_of(key)->front().verdict, "{}");
  ASSERT_TRUE(under_test->queue_review(key, "fail_versus_good"));
  ASSERT_TRUE(under_test->queue_review(key, "fail_versus_good"));
  EXPECT_EQ(under_test->reviews(true)->size(), 1U);
  ReviewRecord review;
  review.work_key = key;
  review.reason = "fail_versus_good";
  review.who = "me";
  ASSERT_TRUE(under_test->decide_review(review));
  EXPECT_TRUE(under_test->reviews(true)->empty());
  EXPECT_EQ(under_test->reviews(false)->front().who, "me");
  review.reason = "none";
  EXPECT_FALSE(under_test->decide_review(review));
}

TEST_P(LedgerTest, AVerdictGoesOverTheOneThatWasSeenAndOverNoOther) {
  plan(*under_test, 1);
  ReviewRecord review;
  review.work_key = item(0).work_key;
  review.reason = "fail_versus_good";
  review.who = "ana";
  ASSERT_TRUE(under_test->queue_review(review.work_key, review.reason));
  const auto other = opened();
  EXPECT_EQ(under_test->decide_review_over(review, {}), true);
  review.who = "bo";
  EXPECT_EQ(other->decide_review_over(review, {}), false);
  EXPECT_EQ(other->decide_review_over(review, 1), false);
  EXPECT_EQ(other->reviews(false)->front().who, "ana");
  EXPECT_EQ(other->decide_review_over(review, other->reviews(false)->front().decided_ms), true);
  EXPECT_EQ(under_test->reviews(false)->front().who, "bo");
}

TEST_P(LedgerTest, GroupsWritesAndUndoesTheFaultyOnesAlone) {
  plan(*under_test, 1);
  under_test.reset();
  constexpr int kWriters = 8, kEach = 50;
  std::atomic<int> good = 0, bad = 0;
  {
    GroupCommit writer(opened());
    std::vector<std::thread> threads;
    for (int t = 0; t < kWriters; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const bool faulty = i % 10 == 3;
          const auto result = writer.write([&](Ledger& ledger) -> Result<void> {
            const auto put = ledger.put_blob("text " + std::to_string(t * kEach + i));
            if (!put) return fail(put.error());
            if (faulty) return ledger.put_check({"no such item", "c", "1", "a", 1, true, ""});  // breaks a reference
            return {};
          });
          ++(result ? good : bad);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(writer.counts().works, kWriters * kEach);
    EXPECT_LE(writer.counts().commits, writer.counts().works);
  }
  EXPECT_EQ(bad, kWriters * kEach / 10);
  under_test = opened();
  EXPECT_EQ(under_test->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 1 + good);
}

TEST_P(LedgerTest, ExportedAndReadBackIsTheSameAndTwiceAddsNothing) {
  plan(*under_test, 5, 1000);
  for (const char* id : {"a", "b"}) {
    const ClaimedItem one = claim_one(*under_test);
    begin(*under_test, one, id);
    finish(*under_test, one, id, {ItemState::done, Outcome::ok, 0});
  }
  ASSERT_TRUE(under_test->note("me", "config", "x"));
  const std::vector<std::string> lines = lines_of(*under_test);
  const auto copy_store = GetParam()();
  const auto copy = opened_from(*copy_store);
  const auto imported = import_lines(*copy, lines);
  ASSERT_TRUE(imported) << imported.error().message << imported.error().where;
  EXPECT_EQ(imported->added, static_cast<std::int64_t>(lines.size()) - 2);  // head and end are no rows
  EXPECT_EQ(lines_of(*copy), lines);
  EXPECT_EQ(import_lines(*copy, lines)->added, 0);
  EXPECT_EQ(lines_of(*copy), lines);
  EXPECT_TRUE(faults(*copy).empty());
}

TEST_P(LedgerTest, AnExportIsOneStateOfTheStoreWhileOthersWrite) {
  ASSERT_TRUE(under_test->put_blob("first of the tables"));
  plan(*under_test, 3);
  const std::vector<std::string> before = lines_of(*under_test);
  const auto other = opened();
  std::vector<std::string> lines;
  const Result<void> exported = export_ledger(*under_test, [&](std::string_view line) -> Result<void> {
    lines.emplace_back(line);
    constexpr std::size_t kHeadAndARow = 2;
    if (lines.size() != kHeadAndARow) return {};
    const ClaimedItem one = claim_one(*other);  // its tables are yet to be read
    begin(*other, one, "meanwhile");
    finish(*other, one, "meanwhile", {ItemState::done, Outcome::ok, 0});
    return {};
  });
  ASSERT_TRUE(exported) << exported.error().message;
  EXPECT_EQ(lines, before);
  EXPECT_NE(lines_of(*under_test), before) << "the writer was not held up";
  const auto copy_store = GetParam()();
  const auto copy = opened_from(*copy_store);
  ASSERT_TRUE(import_lines(*copy, lines));
  EXPECT_TRUE(faults(*copy).empty());
}

TEST_P(LedgerTest, TwoStoresMergeByContentAndKeepWhatBothPaid) {
  plan(*under_test, 3);
  const auto other_store = GetParam()();
  const auto other = opened_from(*other_store);
  plan(*other, 3);
  for (const auto& [ledger, id] : {std::pair(under_test.get(), "mine"), std::pair(other.get(), "theirs")}) {
    const ClaimedItem one = claim_one(*ledger);
    begin(*ledger, one, id);
    finish(*ledger, one, id);
  }
  const ClaimedItem second = claim_one(*other);
  begin(*other, second, "more");
  finish(*other, second, "more");
  begin(*other, claim_one(*other), "under way", 7);
  ASSERT_TRUE(import_lines(*under_test, lines_of(*other)));
  const RunTotals totals = *under_test->totals("run");
  EXPECT_EQ(totals.attempts, 4);
  EXPECT_EQ(totals.spent_nano, 40 * 3 + 7);
  EXPECT_EQ(totals.doubtful_nano, 7);
  std::set<std::string> chosen;
  const auto results = under_test->results("run", "", 10);
  for (const ItemResult& result : *results) chosen.insert(result.attempt.value_or("none"));
  EXPECT_EQ(chosen, (std::set<std::string>{"mine", "more", "none"}));  // an answer that is there is not replaced
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(LedgerTest, RefusesALineThatCannotBeReadAndTakesNothing) {
  plan(*under_test, 2);
  std::vector<std::string> lines = lines_of(*under_test);
  const auto copy_store = GetParam()();
  const auto copy = opened_from(*copy_store);
  lines.insert(lines.end() - 1, "{\"table\": \"nothing\", \"row\": []}");
  const auto refused = import_lines(*copy, lines);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "line " + std::to_string(lines.size() - 1));
  EXPECT_EQ(lines_of(*copy).size(), 2U) << "head and end alone";
  EXPECT_FALSE(import_lines(*copy, {}));
  EXPECT_FALSE(import_lines(*copy, {"{}"}));
}

TEST_P(LedgerTest, RefusesAnExportThatWasCutOrChangedAndTakesNothing) {
  plan(*under_test, 3);
  const std::vector<std::string> lines = lines_of(*under_test);
  const auto copy_store = GetParam()();
  const auto copy = opened_from(*copy_store);
  for (std::size_t length = 1; length < lines.size(); ++length) {
    const auto cut = import_lines(*copy, {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(length)});
    ASSERT_FALSE(cut) << length << " lines";
    EXPECT_EQ(cut.error().code, ErrorCode::corrupt_data);
  }
  std::vector<std::string> without_one = lines;
  without_one.erase(without_one.end() - 2);
  EXPECT_EQ(import_lines(*copy, without_one).error().where, "line " + std::to_string(without_one.size()));
  std::vector<std::string> half_a_line = lines;
  half_a_line.back().resize(half_a_line.back().size() / 2);
  EXPECT_FALSE(import_lines(*copy, half_a_line));
  std::vector<std::string> and_more = lines;
  and_more.push_back(lines[1]);
  EXPECT_EQ(import_lines(*copy, and_more).error().where, "line " + std::to_string(and_more.size()));
  EXPECT_EQ(lines_of(*copy).size(), 2U) << "head and end alone";
  EXPECT_TRUE(import_lines(*copy, lines));
}

TEST_P(LedgerTest, FindsWhatDoesNotAddUp) {
  plan(*under_test, 2);
  EXPECT_TRUE(faults(*under_test).empty());
  ASSERT_TRUE(under_test->database().run("UPDATE item SET state = 'done'"));
  EXPECT_EQ(faults(*under_test).size(), 2U);
  ASSERT_TRUE(under_test->database().run("UPDATE item SET state = 'planned'"));
  ASSERT_TRUE(under_test->database().run("UPDATE run SET spent_nano = 5"));
  EXPECT_EQ(faults(*under_test).size(), 1U);
  ASSERT_TRUE(under_test->recount_money());
  ASSERT_TRUE(under_test->put_blob("Authorization: Bearer sk-or-v1-0123456789abcdef0123"));
  EXPECT_EQ(faults(*under_test).size(), 1U);
  EXPECT_TRUE(looks_like_a_key("key=sk-or-v1-0123456789abcdef0123"));
  EXPECT_FALSE(looks_like_a_key("desk-based 0123456789012345, a sk-ating rink, Bearer of bad news"));
}

}  // namespace
}  // namespace rigwise
