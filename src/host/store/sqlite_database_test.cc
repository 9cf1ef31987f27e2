#include "host/store/sqlite_database.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "core/stats/random.h"
#include "host/store/ledger_for_tests.h"
#include "host/store/ledger_schema.h"
#include "host/store/only_reading_for_tests.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

/// A file in a folder of its own.
class SqliteFile final : public StoreForTests {
 public:
  SqliteFile() {
    std::string name = (std::filesystem::temp_directory_path() / "rigwise-ledger-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SqliteFile() override { std::filesystem::remove_all(folder_); }
  Result<std::unique_ptr<SqlDatabase>> connect() override { return open_sqlite(path()); }
  std::string path() const { return (folder_ / "store.db").string(); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

std::unique_ptr<StoreForTests> make_sqlite() { return std::make_unique<SqliteFile>(); }
INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerTest, testing::Values(MakeStore(make_sqlite)),
                         [](const auto&) { return "File"; });

class SqliteTest : public LedgerTest {
 protected:
  std::string path() const { return static_cast<SqliteFile&>(*store_under_test).path(); }
  const std::filesystem::path& folder() const { return static_cast<SqliteFile&>(*store_under_test).folder(); }
};
INSTANTIATE_TEST_SUITE_P(Sqlite, SqliteTest, testing::Values(MakeStore(make_sqlite)),
                         [](const auto&) { return "File"; });

TEST_P(SqliteTest, EveryConnectionHasItsPragmas) {
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

TEST_P(SqliteTest, RefusesStoresOfLaterVersionsNetworksAndWhatIsNoDatabase) {
  ASSERT_TRUE(under_test->database().set_schema_version(kLedgerVersion + 1));
  auto database = open_sqlite(path());
  ASSERT_TRUE(database);
  EXPECT_FALSE(Ledger::open(std::move(*database)));
  EXPECT_TRUE(is_network_filesystem(0x6969));
  EXPECT_TRUE(is_network_filesystem(static_cast<std::uint64_t>(static_cast<std::int32_t>(0xFF534D42))));
  EXPECT_FALSE(is_network_filesystem(0xEF53));      // ext
  EXPECT_FALSE(is_network_filesystem(0x01021994));  // tmpfs
  EXPECT_FALSE(open_sqlite((folder() / "nowhere" / "store.db").string()));
  const std::string text = (folder() / "text").string();
  std::FILE* file = std::fopen(text.c_str(), "w");
  std::fputs(std::string(5000, 'x').c_str(), file);
  std::fclose(file);
  const auto none = open_sqlite(text);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::corrupt_data) << none.error().message;
}

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

TEST_P(SqliteTest, AStoreThatMayOnlyBeReadIsReadAsItLies) {
  plan(*under_test, 3);
  const std::vector<std::string> lines = lines_of(*under_test);
  under_test.reset();
  const OnlyReading only(folder());
  const auto reading = open_store_to_read("sqlite:" + path());
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_TRUE((*reading)->database().is_read_only());
  EXPECT_EQ((*reading)->totals("run")->items, 3);
  EXPECT_EQ(lines_of(**reading), lines);
  EXPECT_TRUE(faults(**reading).empty());
  EXPECT_EQ(names_in(folder()), std::set<std::string>{"store.db"}) << "and nothing was put beside it";
  const auto noted = (*reading)->note("me", "config", "x");
  ASSERT_FALSE(noted);
  EXPECT_EQ(noted.error().code, ErrorCode::io);
}

TEST_P(SqliteTest, ToWriteAStoreThatMayOnlyBeReadIsRefusedWithItsPath) {
  under_test.reset();
  const OnlyReading only(folder());
  const auto writing = open_store(path(), IfMissing::refuse);
  ASSERT_FALSE(writing);
  EXPECT_EQ(writing.error().code, ErrorCode::io);
  EXPECT_EQ(writing.error().where, path());
  EXPECT_NE(writing.error().message.find("may only be read"), std::string::npos) << writing.error().message;
  const auto new_one = open_store((folder() / "new.db").string());
  ASSERT_FALSE(new_one);
  EXPECT_EQ(new_one.error().code, ErrorCode::io);
}

TEST_P(SqliteTest, WhatStandsInTheLogAloneIsReadToo) {
  plan(*under_test, 4);
  ASSERT_TRUE(names_in(folder()).contains("store.db-wal"));
  const OnlyReading only(folder());
  const auto reading = open_store_to_read(path());
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ((*reading)->totals("run")->items, 4);
}

TEST_P(SqliteTest, ALogThatCannotBeReadWithoutWritingIsNamed) {
  plan(*under_test, 4);
  const SqliteFile copy;
  for (const char* tail : {"", "-wal"}) std::filesystem::copy(path() + tail, copy.path() + tail);
  const OnlyReading only(copy.folder());
  const auto reading = open_store_to_read(copy.path());
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::io);
  EXPECT_NE(reading.error().message.find(copy.path() + "-wal"), std::string::npos) << reading.error().message;
}

TEST_P(SqliteTest, AnOlderStoreThatMayOnlyBeReadSaysWhatToDo) {
  ASSERT_TRUE(under_test->database().set_schema_version(kLedgerVersion - 1));
  under_test.reset();
  const OnlyReading only(folder());
  const auto reading = open_store_to_read(path());
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::io);
  EXPECT_EQ(reading.error().where, path());
  EXPECT_NE(reading.error().try_this.find("store init"), std::string::npos);
}

TEST_P(SqliteTest, AStoreThatMayNotBeReadSaysSo) {
  under_test.reset();
  std::filesystem::create_directory(folder() / "inner");
  std::filesystem::rename(path(), folder() / "inner" / "store.db");
  const OnlyReading only(folder());  // and so nobody may look into the inner one
  const auto reading = open_store_to_read((folder() / "inner" / "store.db").string());
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::io);
  EXPECT_EQ(reading.error().where, (folder() / "inner" / "store.db").string());
}

TEST_P(SqliteTest, ADamagedStoreIsTheWorldsFaultAndNamesAWayOut) {
  plan(*under_test, 200);
  under_test.reset();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    constexpr std::streamoff kPage = 4096;
    file.seekp(kPage);
    const std::string rubbish(static_cast<std::size_t>(20 * kPage), 'x');
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
  }
  const auto ledger = open_store(path(), IfMissing::refuse);
  const auto found = ledger ? ledger_faults(**ledger) : Result<std::vector<std::string>>(fail(ledger.error()));
  if (found) {
    EXPECT_FALSE(found->empty());
  } else {
    EXPECT_EQ(found.error().code, ErrorCode::io) << found.error().message;
  }
  const auto totals = (*ledger)->database().run("SELECT * FROM item");
  ASSERT_FALSE(totals);
  EXPECT_EQ(totals.error().code, ErrorCode::io);
  EXPECT_EQ(totals.error().where, path());
  EXPECT_NE(totals.error().try_this.find(".recover"), std::string::npos) << totals.error().try_this;
  EXPECT_EQ(totals.error().try_this.find("store check"), std::string::npos) << "which may have said this";
}

TEST(Sqlite, AStoreIsItsOwnersAlone) {
  std::string folder = (std::filesystem::temp_directory_path() / "rigwise-mode-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  {
    const auto store = open_sqlite(folder + "/store.db");
    ASSERT_TRUE(store);
    ASSERT_TRUE((*store)->run("CREATE TABLE t (a TEXT)", {}));
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      EXPECT_EQ(entry.status().permissions() & (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
                std::filesystem::perms::none)
          << entry.path();
    }
  }
  std::filesystem::remove_all(folder);
}

TEST_P(SqliteTest, TheListOfTablesIsWhatTheDatabaseHas) {
  for (const LedgerTable& table : ledger_tables()) {
    std::vector<std::string> columns;
    const auto rows =
        under_test->database().run("SELECT name FROM pragma_table_info('" + std::string(table.name) + "')");
    ASSERT_TRUE(rows);
    for (const SqlRow& row : *rows) columns.push_back(row.text(0));
    EXPECT_EQ(columns, std::vector<std::string>(table.columns.begin(), table.columns.end())) << table.name;
  }
  const auto count = under_test->database().run(
      "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name <> $1", {std::string(kMomentaryTable)});
  EXPECT_EQ(count->at(0).integer(0), static_cast<std::int64_t>(ledger_tables().size()));
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
    const auto claimed = (*ledger)->claim("run", "fake", this_owner(), 3, 60'000);
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

TEST_P(SqliteTest, LosesNothingThatWasSaidToBeWrittenWhenItIsKilledFiftyTimes) {
  constexpr int kItems = 600, kKills = 50;
  plan(*under_test, 0);
  std::vector<WorkItem> works;
  for (int i = 0; i < kItems; ++i) {
    works.push_back(item(i));
    works.back().priority = i;
  }
  ASSERT_TRUE(under_test->plan("run", works));
  under_test.reset();
  Random random(42);
  std::set<int> finished;
  int sent = 0, kills = 0;
  for (int round = 0;; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_ends[0]);
      work_until_killed(path(), pipe_ends[1], round);
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
