#include "host/store/ledger.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>
#include <thread>

#include "codec/sha256.h"
#include "core/stats/random.h"
#include "host/store/group_commit.h"
#include "host/store/lease_owner.h"
#include "host/store/ledger_schema.h"
#include "host/store/ledger_transfer.h"
#include "host/store/packed_bytes.h"
#include "host/store/sqlite_database.h"

namespace rigwise {
namespace {

constexpr std::int64_t kMinute = 60'000;

/// A ledger in a folder of its own, with a run of some items.
class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "rigwise-ledger-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    path_ = (folder_ / "store.db").string();
    ledger_ = opened();
  }
  ~LedgerTest() override {
    ledger_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::unique_ptr<Ledger> opened(const std::string& path = {}) const {
    auto database = open_sqlite(path.empty() ? path_ : path);
    EXPECT_TRUE(database) << (database ? "" : database.error().message);
    auto ledger = Ledger::open(std::move(*database));
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().message);
    return std::move(*ledger);
  }

  static WorkItem item(int number) {
    WorkItem work;
    work.work_key = sha256_hex("item " + std::to_string(number));
    work.task_rev = "task";
    work.model_ref = "model";
    work.endpoint = "fake";
    work.sampling = "{}";
    return work;
  }
  static Ledger::Planned plan(Ledger& ledger, int items, std::optional<std::int64_t> budget = {},
                              const std::string& run = "run") {
    const auto spec = ledger.put_blob("spec");
    EXPECT_TRUE(spec);
    EXPECT_TRUE(ledger.put_task({"task", "role/task", "role", "category", "text", "en", "family", *spec}));
    EXPECT_TRUE(ledger.put_endpoint({"fake", "openai", "http://127.0.0.1:1/v1", {}}));
    ModelRef model;
    model.sha256 = "model";
    EXPECT_TRUE(ledger.put_model(model));
    EXPECT_TRUE(ledger.put_run({run, "label", "{}", "0", "host", budget}));
    std::vector<WorkItem> works;
    for (int i = 0; i < items; ++i) works.push_back(item(i));
    const auto planned = ledger.plan(run, works);
    EXPECT_TRUE(planned) << (planned ? "" : planned.error().message);
    return planned.value_or(Ledger::Planned{});
  }
  static ClaimedItem claim_one(Ledger& ledger, const std::string& run = "run") {
    const auto claimed = ledger.claim(run, "fake", this_owner(), 1, kMinute);
    EXPECT_TRUE(claimed) << (claimed ? "" : claimed.error().message);
    return claimed && !claimed->empty() ? claimed->front() : ClaimedItem{};
  }
  static StartVerdict begin(Ledger& ledger, const ClaimedItem& claimed, const std::string& id,
                            std::int64_t reserved = 100, const std::string& run = "run") {
    const auto verdict = ledger.begin_attempt({id, claimed.item.work_key, run, claimed.lease_epoch, reserved});
    EXPECT_TRUE(verdict) << (verdict ? "" : verdict.error().message);
    return verdict.value_or(StartVerdict::lease_lost);
  }
  static AttemptEnd answered(const std::string& id, std::int64_t cost = 40) {
    AttemptEnd end;
    end.id = id;
    end.http_status = 200;
    end.outcome = Outcome::ok;
    end.answer = "answer of " + id;
    end.cost_nano = cost;
    end.cost_source = "provider";
    return end;
  }
  static bool finish(Ledger& ledger, const ClaimedItem& claimed, const std::string& id, ItemMove move = {}) {
    const auto accepted = ledger.finish_attempt(answered(id), claimed.item.work_key, claimed.lease_epoch, move);
    EXPECT_TRUE(accepted) << (accepted ? "" : accepted.error().message);
    return accepted.value_or(false);
  }
  static std::vector<std::string> faults(Ledger& ledger) {
    const auto found = ledger_faults(ledger);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found.value_or(std::vector<std::string>{"cannot be checked"});
  }
  static std::vector<std::string> lines_of(Ledger& ledger) {
    std::vector<std::string> lines;
    EXPECT_TRUE(export_ledger(ledger, [&](std::string_view line) -> Result<void> {
      lines.emplace_back(line);
      return {};
    }));
    return lines;
  }
  static Result<Imported> import_lines(Ledger& ledger, const std::vector<std::string>& lines) {
    std::size_t at = 0;
    return import_ledger(ledger, [&](std::string& line) {
      if (at >= lines.size()) return false;
      line = lines[at++];
      return true;
    });
  }

  std::filesystem::path folder_;
  std::string path_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, EveryConnectionHasItsPragmas) {
  for (int connection = 0; connection < 3; ++connection) {
    const auto another = opened();
    for (const auto& [pragma, wanted] : sqlite_pragmas()) {
      const auto rows = another->database().run("PRAGMA " + pragma);
      ASSERT_TRUE(rows);
      const auto number = rows->at(0).maybe_integer(0);
      EXPECT_EQ(number ? std::to_string(*number) : rows->at(0).text(0), wanted) << pragma;
    }
  }
}

TEST_F(LedgerTest, RefusesStoresOfLaterVersionsNetworksAndWhatIsNoDatabase) {
  ASSERT_TRUE(ledger_->database().set_schema_version(kLedgerVersion + 1));
  auto database = open_sqlite(path_);
  ASSERT_TRUE(database);
  EXPECT_FALSE(Ledger::open(std::move(*database)));
  EXPECT_TRUE(is_network_filesystem(0x6969));
  EXPECT_TRUE(is_network_filesystem(static_cast<std::uint64_t>(static_cast<std::int32_t>(0xFF534D42))));
  EXPECT_FALSE(is_network_filesystem(0xEF53));      // ext
  EXPECT_FALSE(is_network_filesystem(0x01021994));  // tmpfs
  EXPECT_FALSE(open_sqlite((folder_ / "nowhere" / "store.db").string()));
  const std::string text = (folder_ / "text").string();
  std::FILE* file = std::fopen(text.c_str(), "w");
  std::fputs(std::string(5000, 'x').c_str(), file);
  std::fclose(file);
  const auto none = open_sqlite(text);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::corrupt_data) << none.error().message;
}

TEST_F(LedgerTest, TheListOfTablesIsWhatTheDatabaseHas) {
  for (const LedgerTable& table : ledger_tables()) {
    std::vector<std::string> columns;
    const auto rows = ledger_->database().run("SELECT name FROM pragma_table_info('" + std::string(table.name) + "')");
    ASSERT_TRUE(rows);
    for (const SqlRow& row : *rows) columns.push_back(row.text(0));
    EXPECT_EQ(columns, std::vector<std::string>(table.columns.begin(), table.columns.end())) << table.name;
  }
  const auto count = ledger_->database().run("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'");
  EXPECT_EQ(count->at(0).integer(0), static_cast<std::int64_t>(ledger_tables().size()));
}

TEST_F(LedgerTest, KeepsBlobsOnceAndGivesThemBackWhole) {
  std::string bytes(100'000, 'a');
  bytes[5] = '\0';
  const auto hash = ledger_->put_blob(bytes);
  ASSERT_TRUE(hash);
  EXPECT_EQ(*hash, sha256_hex(bytes));
  EXPECT_EQ(*ledger_->put_blob(bytes), *hash);
  EXPECT_EQ(*ledger_->blob(*hash), bytes);
  EXPECT_EQ(ledger_->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 1);
  EXPECT_FALSE(ledger_->blob("none"));
  EXPECT_LT(pack_bytes(bytes).size(), 1000U);
  EXPECT_FALSE(unpack_bytes("not packed"));
  EXPECT_FALSE(unpack_bytes(pack_bytes(bytes), 1000));
  std::string damaged = pack_bytes(bytes);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_FALSE(unpack_bytes(damaged));
}

TEST_F(LedgerTest, PlansTheSameWorkOnceForAllRuns) {
  EXPECT_EQ(plan(*ledger_, 10).added, 10);
  const ClaimedItem one = claim_one(*ledger_);
  EXPECT_EQ(begin(*ledger_, one, "a"), StartVerdict::started);
  EXPECT_TRUE(finish(*ledger_, one, "a", {ItemState::done, Outcome::ok, 0}));
  const Ledger::Planned again = plan(*ledger_, 12, {}, "another");
  EXPECT_EQ(again.added, 2);
  EXPECT_EQ(again.known, 10);
  EXPECT_EQ(again.finished, 1);
  EXPECT_EQ(ledger_->totals("another")->items, 12);
  EXPECT_EQ(ledger_->totals("run")->items, 10);
  EXPECT_TRUE(faults(*ledger_).empty());
}

TEST_F(LedgerTest, GivesEachItemToOneWorkerOnly) {
  plan(*ledger_, 20);
  const auto other = opened();
  std::set<std::string> seen;
  for (Ledger* worker : {ledger_.get(), other.get(), ledger_.get(), other.get()}) {
    const auto claimed = worker->claim("run", "fake", "worker", 6, kMinute);
    ASSERT_TRUE(claimed);
    for (const ClaimedItem& c : *claimed) EXPECT_TRUE(seen.insert(c.item.work_key).second);
  }
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_TRUE(ledger_->claim("run", "elsewhere", "worker", 6, kMinute)->empty());
}

TEST_F(LedgerTest, WritesAnAttemptDownBeforeItIsMadeAndBooksWhatItCost) {
  plan(*ledger_, 1, 1000);
  const ClaimedItem one = claim_one(*ledger_);
  EXPECT_EQ(begin(*ledger_, one, "a", 300), StartVerdict::started);
  EXPECT_EQ(ledger_->totals("run")->reserved_nano, 300);
  EXPECT_EQ(opened()->totals("run")->attempts, 1);  // another connection sees it already
  ASSERT_TRUE(ledger_->name_generation("a", "gen-1"));
  EXPECT_TRUE(finish(*ledger_, one, "a"));
  const RunTotals totals = *ledger_->totals("run");
  EXPECT_EQ(totals.reserved_nano, 0);
  EXPECT_EQ(totals.spent_nano, 40);
  const ItemResult result = ledger_->results("run", "", 10)->front();
  EXPECT_EQ(result.state, ItemState::answered);
  EXPECT_EQ(result.outcome, std::nullopt);
  EXPECT_EQ(*ledger_->blob(*result.answer), "answer of a");
  EXPECT_EQ(result.cost_nano, 40);
  EXPECT_EQ(ledger_->database().run("SELECT generation FROM attempt")->at(0).text(0), "gen-1");
  EXPECT_TRUE(faults(*ledger_).empty());
}

TEST_F(LedgerTest, NeverReservesBeyondTheBudget) {
  plan(*ledger_, 10, 250);
  EXPECT_EQ(begin(*ledger_, claim_one(*ledger_), "a", 100), StartVerdict::started);
  EXPECT_EQ(begin(*ledger_, claim_one(*ledger_), "b", 100), StartVerdict::started);
  const ClaimedItem third = claim_one(*ledger_);
  EXPECT_EQ(begin(*ledger_, third, "c", 100), StartVerdict::over_budget);
  EXPECT_EQ(ledger_->totals("run")->attempts, 2);
  ASSERT_TRUE(ledger_->put_run({"run", "label", "{}", "0", "host", 1000}));
  EXPECT_EQ(begin(*ledger_, third, "c", 100), StartVerdict::started);
}

TEST_F(LedgerTest, RetriesAreAttemptsOfTheSameItemAndWaitTheirTime) {
  plan(*ledger_, 1);
  const ClaimedItem one = claim_one(*ledger_);
  begin(*ledger_, one, "a");
  AttemptEnd end;
  end.id = "a";
  end.http_status = 429;
  end.fault = "rate_limited";
  const std::int64_t later = *ledger_->database().now_ms() + kMinute;
  EXPECT_TRUE(*ledger_->finish_attempt(end, one.item.work_key, one.lease_epoch, {ItemState::retry_wait, {}, later}));
  EXPECT_TRUE(ledger_->claim("run", "fake", "w", 5, kMinute)->empty());
  ASSERT_TRUE(ledger_->move_item(one.item.work_key, {ItemState::retry_wait, {}, 0}));
  const ClaimedItem again = claim_one(*ledger_);
  EXPECT_EQ(again.attempts, 1);
  begin(*ledger_, again, "b");
  EXPECT_TRUE(finish(*ledger_, again, "b"));
  EXPECT_EQ(ledger_->results("run", "", 1)->front().attempts, 2);
  EXPECT_EQ(ledger_->results("run", "", 1)->front().attempt, "b");
  EXPECT_TRUE(faults(*ledger_).empty());
}

TEST_F(LedgerTest, WhatWasSentByWhoIsGoneIsInDoubtAndPerhapsPaid) {
  plan(*ledger_, 2);
  const ClaimedItem sent = claim_one(*ledger_), only_claimed = claim_one(*ledger_);
  begin(*ledger_, sent, "a", 100);
  const auto nobody_gone = ledger_->reap([](const std::string&) { return false; });
  EXPECT_EQ(nobody_gone->in_doubt + nobody_gone->back_to_planned, 0);
  const auto reaped = ledger_->reap([](const std::string&) { return true; });
  ASSERT_TRUE(reaped) << reaped.error().message;
  EXPECT_EQ(reaped->in_doubt, 1);
  EXPECT_EQ(reaped->back_to_planned, 1);
  RunTotals totals = *ledger_->totals("run");
  EXPECT_EQ(totals.doubtful_nano, 100);
  EXPECT_EQ(totals.spent_nano, 100);
  EXPECT_EQ(totals.reserved_nano, 0);
  EXPECT_TRUE(faults(*ledger_).empty());
  EXPECT_EQ(*ledger_->resend_doubtful("run"), 1);
  // The late answer is booked, which frees the doubt, and accepted by nobody.
  EXPECT_FALSE(finish(*ledger_, sent, "a"));
  totals = *ledger_->totals("run");
  EXPECT_EQ(totals.doubtful_nano, 0);
  EXPECT_EQ(totals.spent_nano, 40);
  EXPECT_EQ(begin(*ledger_, only_claimed, "late"), StartVerdict::lease_lost);
  EXPECT_EQ(ledger_->claim("run", "fake", "w", 5, kMinute)->size(), 2U);
  EXPECT_TRUE(faults(*ledger_).empty());
}

TEST_F(LedgerTest, LeasesEndWithTheirTimeUnlessExtended) {
  plan(*ledger_, 1);
  ASSERT_EQ(ledger_->claim("run", "fake", "elsewhere", 1, -1)->size(), 1U);
  const auto nobody = [](const std::string&) { return false; };
  ASSERT_TRUE(ledger_->extend_leases("elsewhere", kMinute));
  EXPECT_EQ(ledger_->reap(nobody)->back_to_planned, 0);
  ASSERT_TRUE(ledger_->extend_leases("elsewhere", -1));
  EXPECT_EQ(ledger_->reap(nobody)->back_to_planned, 1);
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

TEST_F(LedgerTest, HoldsChecksJudgementsAndReviews) {
  plan(*ledger_, 1);
  const std::string key = item(0).work_key;
  ASSERT_TRUE(ledger_->put_check({key, "keyword", "1", "a", 0.5, true, "lacks x"}));
  ASSERT_TRUE(ledger_->put_check({key, "keyword", "1", "a", 0.75, true, ""}));
  ASSERT_TRUE(ledger_->put_check({key, "keyword", "2", "a", 1, true, ""}));
  EXPECT_EQ(ledger_->checks_of(key)->size(), 2U);
  EXPECT_EQ(ledger_->checks_of(key)->front().value, 0.75);
  JudgeRecord judge;
  judge.judge_key = "j";
  judge.work_key = key;
  judge.model_ref = "model";
  ASSERT_TRUE(ledger_->put_judgement(judge));
  judge.state = "done";
  judge.verdict = "{}";
  ASSERT_TRUE(ledger_->put_judgement(judge));
  judge.verdict = "{\"changed\": true}";
  ASSERT_TRUE(ledger_->put_judgement(judge));  // done is done
  EXPECT_EQ(ledger_->judgements_of(key)->front().verdict, "{}");
  ASSERT_TRUE(ledger_->queue_review(key, "fail_versus_good"));
  ASSERT_TRUE(ledger_->queue_review(key, "fail_versus_good"));
  EXPECT_EQ(ledger_->reviews(true)->size(), 1U);
  ReviewRecord review;
  review.work_key = key;
  review.reason = "fail_versus_good";
  review.who = "me";
  ASSERT_TRUE(ledger_->decide_review(review));
  EXPECT_TRUE(ledger_->reviews(true)->empty());
  EXPECT_EQ(ledger_->reviews(false)->front().who, "me");
  review.reason = "none";
  EXPECT_FALSE(ledger_->decide_review(review));
}

TEST_F(LedgerTest, GroupsWritesAndUndoesTheFaultyOnesAlone) {
  plan(*ledger_, 1);
  ledger_.reset();
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
  ledger_ = opened();
  EXPECT_EQ(ledger_->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 1 + good);
}

TEST_F(LedgerTest, ExportedAndReadBackIsTheSameAndTwiceAddsNothing) {
  plan(*ledger_, 5, 1000);
  for (const char* id : {"a", "b"}) {
    const ClaimedItem one = claim_one(*ledger_);
    begin(*ledger_, one, id);
    finish(*ledger_, one, id, {ItemState::done, Outcome::ok, 0});
  }
  ASSERT_TRUE(ledger_->note("me", "config", "x"));
  const std::vector<std::string> lines = lines_of(*ledger_);
  const auto copy = opened((folder_ / "copy.db").string());
  const auto imported = import_lines(*copy, lines);
  ASSERT_TRUE(imported) << imported.error().message << imported.error().where;
  EXPECT_EQ(imported->added, static_cast<std::int64_t>(lines.size()) - 1);
  EXPECT_EQ(lines_of(*copy), lines);
  EXPECT_EQ(import_lines(*copy, lines)->added, 0);
  EXPECT_EQ(lines_of(*copy), lines);
  EXPECT_TRUE(faults(*copy).empty());
}

TEST_F(LedgerTest, TwoStoresMergeByContentAndKeepWhatBothPaid) {
  plan(*ledger_, 3);
  const auto other = opened((folder_ / "other.db").string());
  plan(*other, 3);
  for (const auto& [ledger, id] : {std::pair(ledger_.get(), "mine"), std::pair(other.get(), "theirs")}) {
    const ClaimedItem one = claim_one(*ledger);
    begin(*ledger, one, id);
    finish(*ledger, one, id);
  }
  const ClaimedItem second = claim_one(*other);
  begin(*other, second, "more");
  finish(*other, second, "more");
  begin(*other, claim_one(*other), "under way", 7);
  ASSERT_TRUE(import_lines(*ledger_, lines_of(*other)));
  const RunTotals totals = *ledger_->totals("run");
  EXPECT_EQ(totals.attempts, 4);
  EXPECT_EQ(totals.spent_nano, 40 * 3 + 7);
  EXPECT_EQ(totals.doubtful_nano, 7);
  std::set<std::string> chosen;
  const auto results = ledger_->results("run", "", 10);
  for (const ItemResult& result : *results) chosen.insert(result.attempt.value_or("none"));
  EXPECT_EQ(chosen, (std::set<std::string>{"mine", "more", "none"}));  // an answer that is there is not replaced
  EXPECT_TRUE(faults(*ledger_).empty());
}

TEST_F(LedgerTest, RefusesALineThatCannotBeReadAndTakesNothing) {
  plan(*ledger_, 2);
  std::vector<std::string> lines = lines_of(*ledger_);
  const auto copy = opened((folder_ / "copy.db").string());
  lines.emplace_back("{\"table\": \"nothing\", \"row\": []}");
  const auto refused = import_lines(*copy, lines);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "line " + std::to_string(lines.size()));
  EXPECT_EQ(lines_of(*copy).size(), 1U);
  EXPECT_FALSE(import_lines(*copy, {}));
  EXPECT_FALSE(import_lines(*copy, {"{}"}));
}

TEST_F(LedgerTest, FindsWhatDoesNotAddUp) {
  plan(*ledger_, 2);
  EXPECT_TRUE(faults(*ledger_).empty());
  ASSERT_TRUE(ledger_->database().run("UPDATE item SET state = 'done'"));
  EXPECT_EQ(faults(*ledger_).size(), 2U);
  ASSERT_TRUE(ledger_->database().run("UPDATE item SET state = 'planned'"));
  ASSERT_TRUE(ledger_->database().run("UPDATE run SET spent_nano = 5"));
  EXPECT_EQ(faults(*ledger_).size(), 1U);
  ASSERT_TRUE(ledger_->recount_money());
  ASSERT_TRUE(ledger_->put_blob("Authorization: Bearer sk-or-v1-0123456789abcdef0123"));
  EXPECT_EQ(faults(*ledger_).size(), 1U);
  EXPECT_TRUE(looks_like_a_key("key=sk-or-v1-0123456789abcdef0123"));
  EXPECT_FALSE(looks_like_a_key("desk-based 0123456789012345, a sk-ating rink, Bearer of bad news"));
}

/// What the child did, as it said on a pipe after each commit.
struct Word {
  char what;  ///< 's': an attempt is written down, its request may leave; 'f': an answer is
  int item;
};

/// Works until it is killed: claims, writes attempts down, books answers, telling the parent after each commit.
[[noreturn]] void work_until_killed(const std::string& path, int pipe_end, int round) {
  auto database = open_sqlite(path);
  auto ledger = database ? Ledger::open(std::move(*database)) : Result<std::unique_ptr<Ledger>>(fail(database.error()));
  if (!ledger) ::_exit(3);
  const auto tell = [&](char what, std::int64_t priority) {
    const Word word{what, static_cast<int>(priority)};
    if (::write(pipe_end, &word, sizeof word) != sizeof word) ::_exit(4);
  };
  if (!(*ledger)->reap(owner_is_gone) || !(*ledger)->resend_doubtful("run")) ::_exit(5);
  for (int n = 0;; ++n) {
    const auto claimed = (*ledger)->claim("run", "fake", this_owner(), 3, kMinute);
    if (!claimed) ::_exit(6);
    if (claimed->empty()) ::_exit(0);
    for (const ClaimedItem& one : *claimed) {
      const std::string id = std::to_string(round) + "-" + std::to_string(n) + "-" + std::to_string(one.item.priority);
      const auto begun = (*ledger)->begin_attempt({id, one.item.work_key, "run", one.lease_epoch, 10});
      if (!begun || *begun != StartVerdict::started) ::_exit(7);
      tell('s', one.item.priority);
      AttemptEnd end;
      end.id = id;
      end.answer = "answer " + id + std::string(2000, 'x');
      end.cost_nano = 10;
      const auto accepted =
          (*ledger)->finish_attempt(end, one.item.work_key, one.lease_epoch, {ItemState::done, Outcome::ok, 0});
      if (!accepted || !*accepted) ::_exit(8);
      tell('f', one.item.priority);
    }
  }
}

TEST_F(LedgerTest, LosesNothingThatWasSaidToBeWrittenWhenItIsKilledFiftyTimes) {
  constexpr int kItems = 600, kKills = 50;
  plan(*ledger_, 0);
  std::vector<WorkItem> works;
  for (int i = 0; i < kItems; ++i) {
    works.push_back(item(i));
    works.back().priority = i;
  }
  ASSERT_TRUE(ledger_->plan("run", works));
  ledger_.reset();
  Random random(42);
  std::set<int> finished;
  int sent = 0, kills = 0;
  for (int round = 0;; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_ends[0]);
      work_until_killed(path_, pipe_ends[1], round);
    }
    ::close(pipe_ends[1]);
    // After so many words, and then somewhere in what follows.
    const auto words = static_cast<int>(random.below(24));
    const bool kill = kills < kKills;
    Word word{};
    for (int heard = 0; ::read(pipe_ends[0], &word, sizeof word) == sizeof word; ++heard) {
      if (word.what == 's') ++sent;
      if (word.what == 'f') {
        EXPECT_TRUE(finished.insert(word.item).second) << "item " << word.item << " was answered twice";
      }
      if (kill && heard == words) {
        ::usleep(static_cast<useconds_t>(random.below(3000)));
        ::kill(child, SIGKILL);
      }
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) ++kills;
    const auto now = opened();
    ASSERT_TRUE(faults(*now).empty()) << faults(*now).front();
    std::set<int> kept;
    const auto results = now->results("run", "", kItems);
    for (const ItemResult& result : *results) {
      if (result.state == ItemState::done) kept.insert(static_cast<int>(result.item.priority));
    }
    for (const int i : finished) EXPECT_TRUE(kept.contains(i)) << "item " << i << " is lost after kill " << kills;
    finished = kept;  // committed, and killed before it could say so
    if (!WIFSIGNALED(status)) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      break;
    }
  }
  EXPECT_EQ(kills, kKills);
  EXPECT_EQ(finished.size(), static_cast<std::size_t>(kItems));
  const auto last = opened();
  const RunTotals totals = *last->totals("run");
  EXPECT_GE(totals.attempts, sent);             // each was written down before its request left
  EXPECT_LE(totals.attempts, kItems + kKills);  // one in flight at each kill
  EXPECT_LE(totals.doubtful_attempts, kKills);
  EXPECT_EQ(totals.spent_nano, 10 * totals.attempts);
}

}  // namespace
}  // namespace rigwise
