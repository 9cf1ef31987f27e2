// Four workers on one PostgreSQL store, killed at random and their connections cut: everything is answered, each item
// has one accepted answer, and what was asked twice is in the books as the server saw it.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

#include "core/stats/random.h"
#include "host/store/store_url.h"
#include "postgres/throwaway_postgres.h"
#include "tests/fakellm/ask_for_tests.h"

extern char** environ;

namespace rigwise {
namespace {

namespace fs = std::filesystem;
constexpr int kTasks = 500, kModels = 10, kItems = kTasks * kModels, kWorkers = 4, kAtOnce = 8;

class Workers : public testing::Test {
 protected:
  Workers() {
    std::string name = (fs::temp_directory_path() / "rigwise-workers-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    fs::create_directories(folder / "tasks" / "manager");
    for (int i = 0; i < kTasks; ++i) {
      const std::string number = std::to_string(i);
      std::ofstream(folder / "tasks" / "manager" / ("task-" + number + ".task.md"))
          << "+++\nschema = 1\ntitle = \"T\"\ncategory = \"content\"\nkind = \"text\"\ndifficulty = 1\n"
             "expects = [\"a\"]\nlicense = \"A\"\ncreated = 2026-11-22\ncanary = \"c\"\n[[check]]\ntype = \"keyword\"\n"
             "all = [\"answer\"]\n+++\nQuestion number "
          << number << "\n+++ reference\nAnswer\n+++ wrong a\nb\n+++ wrong b\nc\n+++ wrong c\nd\n";
    }
    auto started = FakeServer::start(fake_script(R"({"answer": "answer {hash}", "delay_ms": 20})"));
    EXPECT_TRUE(started) << started.error().message;
    server = std::move(*started);
  }
  ~Workers() override {
    for (const pid_t child : children) {
      if (child > 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
      }
    }
    server.reset();
    fs::remove_all(folder);
  }

  pid_t start(std::vector<std::string> words) const {
    for (const std::string& word :
         {std::string("--tasks"), (folder / "tasks").string(), std::string("--store"), store.url()})
      words.push_back(word);
    words.insert(words.begin(), RIGWISE_BINARY);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string log = (folder / "log").string();
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int stream : {1, 2}) {
      posix_spawn_file_actions_addopen(&files, stream, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    pid_t child = -1;
    EXPECT_EQ(posix_spawn(&child, RIGWISE_BINARY, &files, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
    return child;
  }
  /// The first plans and asks, the others ask what it has planned.
  pid_t start_worker(int number) const {
    const std::string url = server->url() + "/v1", at_once = std::to_string(kAtOnce);
    std::vector<std::string> words = {"eval", "worker", "--endpoint", url, "--concurrency", at_once, "--run", "shared"};
    if (number > 0) return start(std::move(words));
    words = {"eval", "run", "--endpoint", url, "--concurrency", at_once, "--label", "shared"};
    for (int i = 0; i < kModels; ++i) words.insert(words.end(), {"--model", "model-" + std::to_string(i)});
    return start(std::move(words));
  }

  std::int64_t count(const std::string& what) const {
    const auto database = open_database(store.url());
    if (!database) return -1;
    const auto rows = (*database)->run("SELECT COUNT(*) FROM " + what);
    return rows ? rows->at(0).integer(0) : 0;
  }
  std::string log() const {
    std::ifstream file(folder / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder;
  PostgresStore store;
  std::unique_ptr<FakeServer> server;
  std::array<pid_t, kWorkers> children{};
};

TEST_F(Workers, AnswerEverythingOnceHoweverOftenTheyAreKilledAndCutOff) {
  children[0] = start_worker(0);
  constexpr int kMostLooks = 6000, kLook_ms = 50;
  for (int looks = 0; count("run_item") < kItems && looks < kMostLooks; ++looks) ::poll(nullptr, 0, kLook_ms);
  for (int i = 1; i < kWorkers; ++i) children[i] = start_worker(i);
  Random random(7);
  int kills = 0, cuts = 0;
  const auto answered = [&] { return count("item WHERE state IN ('answered', 'checked', 'done')"); };
  std::uint64_t next = 5;
  std::int64_t done = 0;
  for (std::uint64_t looks = 0; done < kItems && looks < kMostLooks; ++looks, done = answered()) {
    ::poll(nullptr, 0, kLook_ms);
    if (cuts < 2 && done > (cuts + 1) * kItems / 3) {
      ThrowawayPostgres::instance().cut_connections(store.url());
      ++cuts;
    }
    if (looks < next || done > kItems * 9 / 10) continue;
    next = looks + 4 + random.below(12);
    const auto chosen = static_cast<std::size_t>(random.below(kWorkers));
    ::kill(children[chosen], SIGKILL);
    ::waitpid(children[chosen], nullptr, 0);
    ++kills;
    children[chosen] = start_worker(static_cast<int>(chosen));
  }
  for (pid_t& child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << log();
    child = 0;
  }
  // The first graded what had been answered when it ended; others may have answered after it.
  int graded = -1;
  ::waitpid(start({"eval", "grade", "--run", "shared"}), &graded, 0);
  EXPECT_EQ(graded, 0) << log();
  EXPECT_GE(kills, 4);
  EXPECT_EQ(cuts, 2);

  server->settle();
  const FakeTotals totals = server->totals();
  EXPECT_EQ(totals.pairs, kItems);
  EXPECT_EQ(count("item"), kItems);
  EXPECT_EQ(count("item WHERE state = 'checked' AND outcome = 'ok' AND chosen IS NOT NULL"), kItems) << log();
  EXPECT_EQ(count("(SELECT chosen FROM item GROUP BY chosen HAVING COUNT(*) > 1) twice"), 0);
  EXPECT_EQ(count("attempt WHERE state = 'sent'"), 0);
  // Whatever reached the server stands in the books: as an answer, or as a doubt that a killed worker left behind.
  const std::int64_t attempts = count("attempt"), doubtful = count("attempt WHERE state = 'in_doubt'");
  EXPECT_GE(attempts, totals.calls);
  EXPECT_LE(attempts - doubtful, totals.calls);
  EXPECT_LE(doubtful, std::int64_t{kills} * 2 * kAtOnce);  // as many begin ahead as are under way
  std::printf("%d kills, %d cuts, %d calls for %d items, %d attempts booked, %d of them in doubt\n", kills, cuts,
              totals.calls, kItems, static_cast<int>(attempts), static_cast<int>(doubtful));
  // Item by item.
  std::map<std::pair<std::string, std::string>, int> calls;
  for (const FakeTruth& truth : server->truth()) ++calls[{truth.model, truth.prompt_sha256}];
  int asked_twice = 0;
  for (const auto& [pair, times] : calls) asked_twice += times - 1;
  EXPECT_EQ(asked_twice, totals.calls - kItems);
  EXPECT_LE(asked_twice, doubtful);
  const auto faults = ledger_faults(**open_store(store.url()));
  ASSERT_TRUE(faults);
  EXPECT_EQ(*faults, std::vector<std::string>{});
}

}  // namespace
}  // namespace rigwise
