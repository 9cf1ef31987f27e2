#include <poll.h>

#include <atomic>
#include <set>
#include <thread>

#include "host/store/group_commit.h"
#include "host/store/ledger_schema.h"
#include "host/store/postgres_database.h"
#include "host/store/store_url.h"
#include "postgres/throwaway_postgres.h"

namespace rigwise {
namespace {

std::unique_ptr<StoreForTests> make_postgres() { return std::make_unique<PostgresStore>(); }
INSTANTIATE_TEST_SUITE_P(Postgres, LedgerTest, testing::Values(MakeStore(make_postgres)),
                         [](const auto&) { return "Server"; });

class PostgresTest : public LedgerTest {
 protected:
  const std::string& url() const { return static_cast<PostgresStore&>(*store_under_test).url(); }
};
INSTANTIATE_TEST_SUITE_P(Postgres, PostgresTest, testing::Values(MakeStore(make_postgres)),
                         [](const auto&) { return "Server"; });

TEST_P(PostgresTest, TheListOfTablesIsWhatTheDatabaseHas) {
  for (const LedgerTable& table : ledger_tables()) {
    const auto rows = under_test->database().run(
        "SELECT column_name::text, collation_name::text FROM information_schema.columns WHERE table_name = $1 ORDER BY "
        "ordinal_position",
        {std::string(table.name)});
    ASSERT_TRUE(rows);
    std::vector<std::string> columns;
    for (const SqlRow& row : *rows) {
      columns.push_back(row.text(0));
      // Whatever the database's own order is, ours is that of bytes.
      EXPECT_TRUE(row.text(1).empty() || row.text(1) == "C") << table.name << "." << row.text(0);
    }
    EXPECT_EQ(columns, std::vector<std::string>(table.columns.begin(), table.columns.end())) << table.name;
  }
}

TEST_P(PostgresTest, GoesOnAfterItsConnectionWasCut) {
  plan(*under_test, 3);
  ThrowawayPostgres::instance().cut_connections(url());
  const ClaimedItem one = claim_one(*under_test);
  EXPECT_EQ(begin(*under_test, one, "a"), StartVerdict::started);
  ThrowawayPostgres::instance().cut_connections(url());
  EXPECT_TRUE(finish(*under_test, one, "a"));
  ThrowawayPostgres::instance().cut_connections(url());
  EXPECT_EQ(under_test->totals("run")->spent_nano, 40);
  EXPECT_TRUE(faults(*under_test).empty());
}

TEST_P(PostgresTest, ATransactionThatIsCutIsRepeatedAsAWhole) {
  plan(*under_test, 1);
  int tried = 0;
  const Result<void> done = under_test->atomically([&]() -> Result<void> {
    const auto first = under_test->put_blob("first half");
    if (++tried == 1) ThrowawayPostgres::instance().cut_connections(url());
    const auto second = under_test->put_blob("second half");
    if (!first || !second) return fail(first ? second.error() : first.error());
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tried, 2);
  EXPECT_EQ(under_test->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 3);
}

TEST_P(PostgresTest, AConflictInsideAGroupIsNeverHalfWritten) {
  // Two writers take the same two rows in opposite orders until one of them is chosen to fail.
  plan(*under_test, 2);
  const auto write_both = [&](Ledger& ledger, int first, std::atomic<int>& ready) {
    return ledger.atomically([&]() -> Result<void> {
      for (const int number : {first, 1 - first}) {
        const auto put = ledger.database().run("UPDATE item SET priority = priority + 1 WHERE work_key = $1",
                                               {item(number).work_key});
        if (!put) return fail(put.error());
        if (number == first) {
          ++ready;
          for (int waited = 0; ready < 2 && waited < 1000; ++waited) ::poll(nullptr, 0, 1);
        }
      }
      return {};
    });
  };
  std::atomic<int> ready = 0;
  const auto other = opened();
  Result<void> theirs;
  std::thread thread([&] { theirs = write_both(*other, 1, ready); });
  const Result<void> ours = write_both(*under_test, 0, ready);
  thread.join();
  EXPECT_TRUE(ours) << ours.error().message;
  EXPECT_TRUE(theirs) << theirs.error().message;
  const auto sums = under_test->database().run("SELECT MIN(priority), MAX(priority) FROM item");
  EXPECT_EQ(sums->at(0).integer(0), 2);
  EXPECT_EQ(sums->at(0).integer(1), 2);
}

TEST_P(PostgresTest, SurvivesACrashOfTheServerBetweenAndWithinGroups) {
  plan(*under_test, 1);
  constexpr int kTexts = 300;
  int written = 0;
  {
    GroupCommit writer(opened());
    for (int i = 0; i < kTexts; ++i) {
      if (i == kTexts / 3 || i == kTexts / 2) ThrowawayPostgres::instance().crash_and_restart();
      const auto put = writer.write([&](Ledger& ledger) -> Result<void> {
        const auto blob = ledger.put_blob("text " + std::to_string(i));
        return blob ? Result<void>{} : Result<void>(fail(blob.error()));
      });
      written += put ? 1 : 0;
    }
  }
  EXPECT_EQ(written, kTexts);
  EXPECT_EQ(under_test->database().run("SELECT COUNT(*) FROM blob")->at(0).integer(0), 1 + kTexts);
}

TEST_P(PostgresTest, ManyMayMakeTheTablesAtOnce) {
  const PostgresStore empty;
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto ledger = open_store(empty.url());
      good += ledger ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
}

TEST_P(PostgresTest, TakesTextsThatItsServerWouldRefuse) {
  plan(*under_test, 1);
  const std::string strange = std::string("cut in \xC3") + '\0' + " half";
  ASSERT_TRUE(under_test->note("me", "fault", strange));
  EXPECT_EQ(under_test->database().run("SELECT detail FROM event")->at(0).text(0),
            "cut in \xEF\xBF\xBD\xEF\xBF\xBD half");
  std::string bytes(3000, '\0');
  bytes[7] = '\xFF';
  EXPECT_EQ(*under_test->blob(*under_test->put_blob(bytes)), bytes);
}

TEST_P(PostgresTest, ALedgerMovesFromServerToFileAndBackUnchanged) {
  plan(*under_test, 4, 1000);
  const ClaimedItem one = claim_one(*under_test);
  begin(*under_test, one, "a");
  finish(*under_test, one, "a", {ItemState::done, Outcome::ok, 0});
  ASSERT_TRUE(under_test->put_check({one.item.work_key, "number", "1", "a", 0.1, true, ""}));
  const std::vector<std::string> lines = lines_of(*under_test);
  const std::string path = (std::filesystem::temp_directory_path() / "rigwise-moved.db").string();
  std::filesystem::remove(path);
  {
    const auto file = open_store("sqlite:" + path);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(import_lines(**file, lines));
    EXPECT_EQ(lines_of(**file), lines);
    const auto back_store = GetParam()();
    const auto back = opened_from(*back_store);
    ASSERT_TRUE(import_lines(*back, lines_of(**file)));
    EXPECT_EQ(lines_of(*back), lines);
  }
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
}

TEST(StoreUrl, SaysWhatItTakesAndNeverAPassword) {
  const auto other = open_database("mysql://root:hunter2@db/x");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::invalid_input);
  for (const std::string& url :
       {std::string("postgresql://me:hunter2@127.0.0.1:1/db"),
        std::string("postgresql://127.0.0.1:1/db?password=hunter2"), std::string("postgresql://me:hunter2@[broken/db"),
        std::string("postgresql://me:hun@ter2@127.0.0.1:1/db")}) {
    const auto refused = open_database(url);
    ASSERT_FALSE(refused);
    for (const std::string& text :
         {refused.error().message, refused.error().where, refused.error().try_this, shown_store(url)}) {
      EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
      EXPECT_EQ(text.find("ter2"), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace rigwise
