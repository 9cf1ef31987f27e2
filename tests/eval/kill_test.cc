// The program itself, killed over and over while it asks: nothing is lost, nothing is asked twice but what was under
// way, and in the end the store says what it says after an undisturbed run.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "core/stats/random.h"
#include "host/store/ledger_transfer.h"
#include "host/store/store_url.h"
#include "tests/fakellm/ask_for_tests.h"

extern char** environ;

namespace rigwise {
namespace {

constexpr int kTasks = 30, kModels = 10, kPairs = kTasks * kModels, kKills = 200;
constexpr int kAtOnce = 4;

class KilledRun : public testing::Test {
 protected:
  KilledRun() {
    std::string name = (std::filesystem::temp_directory_path() / "rigwise-kill-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    std::filesystem::create_directories(folder_ / "tasks" / "manager");
    for (int i = 0; i < kTasks; ++i) {
      const std::string number = std::to_string(i);
      std::ofstream(folder_ / "tasks" / "manager" / ("task-" + number + ".task.md"))
          << "+++\nschema = 1\ntitle = \"T\"\ncategory = \"content\"\nkind = \"text\"\ndifficulty = 1\n"
             "expects = [\"a\"]\nlicense = \"A\"\ncreated = 2026-11-22\ncanary = \"c\"\n[[check]]\ntype = \"keyword\"\n"
             "all = [\"answer\"]\n+++\nQuestion number "
          << number << "\n+++ reference\nAnswer\n+++ wrong a\nb\n+++ wrong b\nc\n+++ wrong c\nd\n";
    }
  }
  ~KilledRun() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  void serve() {
    auto started = FakeServer::start(fake_script(R"({"answer": "{hash}", "delay_ms": 10, "rules": [
      {"share": 0.03, "attempts": 1, "fault": "status", "status": 503, "delay_ms": 1}]})"));
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  pid_t start_run(const std::string& store) const {
    std::vector<std::string> words = {"eval",          "run",
                                      "--endpoint",    server_->url() + "/v1",
                                      "--store",       store,
                                      "--tasks",       (folder_ / "tasks").string(),
                                      "--concurrency", std::to_string(kAtOnce),
                                      "--first-wait",  "0.001"};
    for (int i = 0; i < kModels; ++i) words.insert(words.end(), {"--model", "model-" + std::to_string(i)});
    return start(std::move(words));
  }
  static pid_t start(std::vector<std::string> words) {
    words.insert(words.begin(), RIGWISE_BINARY);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int stream : {1, 2}) posix_spawn_file_actions_addopen(&files, stream, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    EXPECT_EQ(posix_spawn(&child, RIGWISE_BINARY, &files, nullptr, arguments.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
    return child;
  }
  static int waited(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// What a store says of each item and its checks, without the ids and times of attempts.
  static std::vector<std::string> content(const std::string& store) {
    const auto ledger = open_store(store);
    EXPECT_TRUE(ledger);
    const auto rows = (*ledger)->database().run(
        "SELECT i.work_key, i.state, i.outcome, a.answer, c.check_id, c.value, c.evidence FROM item i JOIN attempt a "
        "ON a.id = i.chosen JOIN check_result c ON c.work_key = i.work_key AND c.attempt = a.id ORDER BY 1, 5");
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
    std::vector<std::string> lines;
    for (const SqlRow& row : *rows) {
      std::string line = std::to_string(row.maybe_real(5).value_or(-1));
      for (const std::size_t column : {0u, 1u, 2u, 3u, 4u, 6u}) line += " " + row.text(column);
      lines.push_back(std::move(line));
    }
    return lines;
  }
  /// The report of a store, without what tells of its attempts: how many there were, how long they took, when.
  Json report(const std::string& store) const {
    const std::string out = (folder_ / "report.json").string();
    const pid_t child = start({"eval", "report", "--store", store, "--out", out});
    EXPECT_EQ(waited(child), 0);
    std::ifstream file(out);
    Json json = Json::parse(file, nullptr, false);
    remove_attempts(json);
    return json;
  }
  static void remove_attempts(Json& json) {
    if (json.is_object()) {
      for (const char* key : {"started", "results_sha256", "retried", "attempts", "answer_s", "answer_p95_s", "ttft_s"})
        json.erase(key);
    }
    for (Json& part : json) {
      if (part.is_structured()) remove_attempts(part);
    }
  }
  static std::int64_t count(const std::string& store, const std::string& what) {
    const auto ledger = open_store(store);
    EXPECT_TRUE(ledger);
    const auto rows = (*ledger)->database().run("SELECT COUNT(*) FROM " + what);
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
    return rows->at(0).integer(0);
  }

  /// After the last kill: everything is there once, and no call is unaccounted for.
  void expect_whole(const std::string& store) {
    server_->settle();
    EXPECT_EQ(count(store, "item"), kPairs);
    EXPECT_EQ(count(store, "item WHERE state = 'checked' AND outcome = 'ok'"), kPairs);
    EXPECT_EQ(count(store, "attempt WHERE state = 'sent'"), 0);
    const std::int64_t doubtful = count(store, "attempt WHERE state = 'in_doubt'");
    const std::int64_t failed = count(store, "attempt WHERE fault = 'server_error'");
    EXPECT_LE(server_->totals().calls, kPairs + doubtful + failed);
    EXPECT_EQ(server_->totals().pairs, kPairs);
    const auto faults = ledger_faults(**open_store(store));
    ASSERT_TRUE(faults);
    EXPECT_EQ(*faults, std::vector<std::string>{});
  }

  std::filesystem::path folder_;
  std::unique_ptr<FakeServer> server_;
};

TEST_F(KilledRun, LosesNothingAndPaysForNothingTwiceButWhatWasUnderWay) {
  serve();
  const std::string undisturbed = (folder_ / "undisturbed.db").string();
  ASSERT_EQ(waited(start_run(undisturbed)), 0);
  const std::vector<std::string> wanted = content(undisturbed);
  ASSERT_EQ(wanted.size(), 2u * kPairs);  // the check and the score
  const std::string wanted_report = report(undisturbed).dump();
  Random random(20261122);
  int kills = 0, stores = 0;
  while (kills < kKills) {
    server_->settle();
    server_->forget();
    const std::string store = (folder_ / ("killed-" + std::to_string(stores++) + ".db")).string();
    int kills_here = 0;
    for (bool is_done = false; !is_done;) {
      const pid_t child = start_run(store);
      // Most of a life goes into asking; some end before they have begun.
      const std::uint64_t looks = 20 + random.below(180);
      int status = 0;
      for (std::uint64_t looked = 0; waitpid(child, &status, WNOHANG) == 0; ++looked) {
        if (kills < kKills && looked == looks) {
          ::kill(child, SIGKILL);
          waitpid(child, &status, 0);
          break;
        }
        ::poll(nullptr, 0, 1);
      }
      is_done = WIFEXITED(status);
      if (is_done) {
        EXPECT_EQ(WEXITSTATUS(status), 0);
      } else {
        ++kills;
        ++kills_here;
      }
    }
    expect_whole(store);
    EXPECT_EQ(content(store), wanted);
    EXPECT_EQ(report(store).dump(), wanted_report);
    const int most =
        kPairs + 2 * kAtOnce * kills_here + static_cast<int>(count(store, "attempt WHERE fault IS NOT NULL"));
    EXPECT_LE(server_->totals().calls, most);
  }
  EXPECT_EQ(kills, kKills);
}

}  // namespace
}  // namespace rigwise
