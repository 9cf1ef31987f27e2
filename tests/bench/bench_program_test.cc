// The real program, as somebody at a terminal has it: Ctrl-C at any time, Ctrl-Z and fg, and what the screen shows.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "bench_for_tests.h"
#include "host/bench/live_run.h"
#include "host/cli/app.h"
#include "tests/schema/schemas.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

/// Looks every few milliseconds, for two minutes at most.
template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 24'000; ++i) {
    if (condition()) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}

/// All that comes through a named pipe; what came in a minute where its writer has gone, or never comes.
std::string text_of_pipe(const std::string& path) {
  const int pipe = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  std::string text;
  pollfd readable{pipe, POLLIN, 0};
  while (::poll(&readable, 1, 60'000) == 1) {
    char part[4096];
    const ssize_t size = ::read(pipe, part, sizeof part);
    if (size <= 0) break;
    text.append(part, static_cast<std::size_t>(size));
  }
  ::close(pipe);
  return text;
}

std::string text_of_file(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A terminal that the program draws on, and what it has drawn.
class Screen {
 public:
  Screen() {
    EXPECT_EQ(openpty(&screen_, &terminal_, nullptr, nullptr, nullptr), 0);
    for (const int end : {screen_, terminal_}) fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  ~Screen() {
    ::close(screen_);
    if (terminal_ >= 0) ::close(terminal_);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  int terminal() const { return terminal_; }

  /// Reads on until this was drawn after what was found before; false: the program ended first.
  bool shows(const std::string& text) {
    if (terminal_ >= 0) ::close(std::exchange(terminal_, -1));  // the program has its own by now
    for (;;) {
      const std::size_t found = drawn_.find(text, seen_);
      if (found != std::string::npos) {
        seen_ = found + text.size();
        return true;
      }
      char bytes[4096];
      const ssize_t count = ::read(screen_, bytes, sizeof bytes);
      if (count <= 0) return false;
      drawn_.append(bytes, static_cast<std::size_t>(count));
    }
  }

 private:
  int screen_ = -1, terminal_ = -1;
  std::string drawn_;
  std::size_t seen_ = 0;
};

class BenchProgram : public BenchTest {
 protected:
  BenchProgram() : folder(fs::temp_directory_path() / ("rigwise-bench-program-" + std::to_string(::getpid()))) {
    fs::create_directories(folder);
  }
  ~BenchProgram() override {
    if (child > 0) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
    fs::remove_all(folder);
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  /// `rigwise bench ARGUMENTS`, its runs kept in the test's folder; stderr goes to `err`, or to a file.
  void start(const std::vector<std::string>& arguments, int err = -1) {
    std::vector<std::string> all = {RIGWISE_BINARY, "bench", "--save", "--runs", path("runs"), "--prompt-tokens", "64"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    argv.reserve(all.size() + 1);
    for (std::string& argument : all) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const std::string out_path = path("stdout"), err_path = path("stderr");
    child = fork();
    if (child != 0) return;
    std::signal(SIGINT, SIG_DFL);  // whoever runs the tests may not listen to it
    constexpr int kNew = O_WRONLY | O_CREAT | O_TRUNC;
    dup2(::open(out_path.c_str(), kNew, 0600), STDOUT_FILENO);
    dup2(err >= 0 ? err : ::open(err_path.c_str(), kNew, 0600), STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  void press_ctrl_c() { kill(child, SIGINT); }
  /// The status of waitpid().
  int ended() {
    int status = 0;
    waitpid(child, &status, 0);
    child = 0;
    return status;
  }
  int exit_status() {
    const int status = ended();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  /// What the run says of itself in its live file once `wanted` holds.
  template <class Wanted>
  Json live_when(Wanted wanted) const {
    Json found;
    EXPECT_TRUE(comes_true([&] {
      for (Json& run : live_runs(path("runs"), 0)) {
        if (run["level"].is_object() && wanted(run)) found = std::move(run);
      }
      return found.is_object();
    })) << text_of_file(path("stderr"));
    return found;
  }
  Json live_in(const std::string& phase, std::uint64_t answers) const {
    return live_when([&](const Json& run) {
      return run["phase"] == phase && run["level"]["ended"].get<std::uint64_t>() >= answers;
    });
  }

  /// Whole files among the kept runs, and half-written ones: everything but the live file.
  std::vector<std::string> files_kept() const {
    std::vector<std::string> names;
    if (!fs::exists(path("runs"))) return names;
    for (const auto& entry : fs::directory_iterator(path("runs"))) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    }
    return names;
  }
  /// The only run that is kept, as `bench show` reads it.
  Json shown() const {
    EXPECT_EQ(files_kept().size(), 1U);
    std::ostringstream out, err;
    std::istringstream in;
    Console console;
    console.out = &out;
    console.err = &err;
    console.in = &in;
    EXPECT_EQ(run_app({"bench", "show", "--json", "--runs", path("runs")}, console, ""), 0) << err.str();
    Json report = Json::parse(out.str(), nullptr, false);
    EXPECT_THAT(schema_faults("bench.response.json", report), testing::IsEmpty());
    return report;
  }
  std::string v1() const { return timed->url() + "/v1"; }

  fs::path folder;
  pid_t child = 0;
};

TEST_F(BenchProgram, CtrlCEndsTheWaitForAServerThatTakesTheConnectionAndNeverAnswers) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  start({"--url", "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/v1", "--out", path("result.json")});
  const int taken = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  press_ctrl_c();
  EXPECT_EQ(exit_status(), 130);
  EXPECT_EQ(text_of_file(path("stderr")), "interrupted before anything was measured\n");
  EXPECT_TRUE(files_kept().empty());
  EXPECT_FALSE(fs::exists(path("result.json")));
  ::close(taken);
  ::close(listener);
}

TEST_F(BenchProgram, CtrlCWhileWarmingUpKeepsTheLevelsBefore) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  Screen screen;
  start({"--url", v1(), "--concurrency", "1,2", "--warmup", "3", "--requests", "20", "--output-tokens", "4"},
        screen.terminal());
  EXPECT_TRUE(screen.shows("load 1: 20/20 answered"));
  EXPECT_TRUE(screen.shows("load 2  warming up"));
  press_ctrl_c();
  EXPECT_EQ(exit_status(), 130);
  const Json report = shown();
  EXPECT_EQ(report["interrupted"], true);
  ASSERT_EQ(report["levels"].size(), 2U);
  EXPECT_EQ(report["levels"][0]["ok"], 20);
  EXPECT_EQ(report["levels"][0]["interrupted"], false);
  EXPECT_EQ(report["levels"][1]["ok"], 0);
  EXPECT_EQ(report["levels"][1]["interrupted"], true);
}

TEST_F(BenchProgram, WhatWasThereBeforeStaysUntilThereIsSomethingNew) {
  std::ofstream(path("result.json")) << "an earlier result";
  std::ofstream(path("events")) << "earlier events";
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  Screen screen;
  start({"--url", v1(), "--warmup", "600", "--output-tokens", "4", "--out", path("result.json"), "--events",
         path("events")},
        screen.terminal());
  EXPECT_TRUE(screen.shows("load 1  warming up"));
  press_ctrl_c();
  EXPECT_EQ(exit_status(), 130);
  EXPECT_TRUE(screen.shows("interrupted before anything was measured"));
  EXPECT_TRUE(files_kept().empty());
  EXPECT_EQ(text_of_file(path("result.json")), "an earlier result");
  EXPECT_EQ(text_of_file(path("events")), "earlier events");

  start({"--url", "http://127.0.0.1:1/v1", "--events", path("events")});
  EXPECT_EQ(exit_status(), 3);
  EXPECT_EQ(text_of_file(path("events")), "earlier events");
}

TEST_F(BenchProgram, IsToldToEndAsByCtrlC) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  start({"--url", v1(), "--concurrency", "2", "--warmup", "0", "--duration", "600", "--output-tokens", "4"});
  live_in("measuring", 10);
  kill(child, SIGTERM);
  EXPECT_EQ(exit_status(), 128 + SIGTERM);
  EXPECT_GE(shown()["levels"][0]["ok"].get<int>(), 8);
  EXPECT_TRUE(fs::is_empty(path("runs") + "/.live"));
}

TEST_F(BenchProgram, PlacesOfResultsAreRefusedBeforeAnythingIsMeasured) {
  start({"--url", "http://127.0.0.1:1/v1", "--out", path("a.json"), "--html", path("./a.json")});
  EXPECT_EQ(exit_status(), 2);
  EXPECT_THAT(text_of_file(path("stderr")), testing::HasSubstr("--out and --html name one file"));
  std::ofstream(path("file")) << "no folder";
  start({"--url", "http://127.0.0.1:1/v1", "--runs", path("file")});
  EXPECT_NE(exit_status(), 0);
  EXPECT_THAT(text_of_file(path("stderr")), testing::HasSubstr(path("file")));
  EXPECT_EQ(text_of_file(path("file")), "no folder");
}

TEST_F(BenchProgram, CtrlCWhileMeasuringKeepsWhatWasMeasured) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
  start({"--url", v1(), "--concurrency", "2", "--warmup", "0", "--duration", "600", "--output-tokens", "4"});
  live_in("measuring", 10);
  press_ctrl_c();
  EXPECT_EQ(exit_status(), 130);
  const Json report = shown(), &level = report["levels"][0];
  EXPECT_EQ(level["interrupted"], true);
  EXPECT_GE(level["ok"].get<int>(), 8);  // the last of both streams may be under way still
  EXPECT_GT(level["output_tokens_per_s"].get<double>(), 0);
}

TEST_F(BenchProgram, CtrlCWhileTheLastAnswersAreWaitedForKeepsTheRest) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 20})");
  start({"--url", v1(), "--warmup", "0", "--duration", "1", "--output-tokens", "6000"});  // two minutes an answer
  live_in("finishing", 0);
  press_ctrl_c();
  EXPECT_EQ(exit_status(), 130);
  const Json report = shown(), &level = report["levels"][0];
  EXPECT_EQ(level["interrupted"], true);
  EXPECT_EQ(level["interrupted_requests"], 1);
  EXPECT_GT(level["output_tokens_per_s"].get<double>(), 0);
}

/// The result goes into a pipe that nobody reads yet, so that the program is kept where it writes.
class BenchWriting : public BenchProgram {
 protected:
  void start_and_wait_for_writing() {
    serve_timed(R"({"ttft_ms": 5, "token_ms": 1})");
    ASSERT_EQ(mkfifo(path("result").c_str(), 0600), 0);
    start({"--url", v1(), "--warmup", "0", "--requests", "10", "--output-tokens", "4", "--out", path("result"),
           "--events", path("events")});
    ASSERT_TRUE(comes_true([&] { return waits_in_open(); })) << text_of_file(path("stderr"));
  }
  /// The program has written the events, and its first thread has rested since: it waits for the pipe's reader.
  bool waits_in_open() {
    std::error_code none_yet;
    const bool measured = fs::file_size(path("events"), none_yet) > 0 && !none_yet;
    const std::string status = text_of_file("/proc/" + std::to_string(child) + "/status");
    const bool rests = measured && status.find("State:\tS") != std::string::npos;
    rested = rests ? rested + 1 : 0;
    return rested >= 20;
  }
  /// The program will not hear the next Ctrl-C: it has heard one.
  bool has_heard() const {
    std::istringstream status(text_of_file("/proc/" + std::to_string(child) + "/status"));
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("SigCgt:")) continue;
      return (std::stoull(line.substr(7), nullptr, 16) >> (SIGINT - 1) & 1) == 0;
    }
    return false;
  }
  int rested = 0;
};

TEST_F(BenchWriting, CtrlCThenLosesNothing) {
  start_and_wait_for_writing();
  press_ctrl_c();
  EXPECT_TRUE(comes_true([&] { return has_heard(); }));
  const Json out = Json::parse(text_of_pipe(path("result")), nullptr, false);
  EXPECT_EQ(exit_status(), 130);
  const Json report = shown();
  EXPECT_EQ(report, out);
  EXPECT_EQ(report["levels"][0]["ok"], 10);
  EXPECT_EQ(report["interrupted"], false);  // all of it was measured
}

TEST_F(BenchWriting, ASecondCtrlCEndsTheProgramAtOnceAndLeavesNothingHalfWritten) {
  start_and_wait_for_writing();
  press_ctrl_c();
  EXPECT_TRUE(comes_true([&] { return has_heard(); }));
  press_ctrl_c();
  const int status = ended();
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);  // a shell says 130
  EXPECT_TRUE(files_kept().empty());
}

TEST_F(BenchProgram, AStopAndAContinueAreFoundAndMarked) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 20})");
  start({"--url", v1(), "--warmup", "0", "--requests", "1", "--output-tokens", "300"});  // one answer of six seconds
  live_when([](const Json& run) { return run["phase"] == "measuring" && run["level"]["sent"] == 1; });
  kill(child, SIGSTOP);
  ::poll(nullptr, 0, 500);
  kill(child, SIGCONT);
  EXPECT_EQ(exit_status(), 0);
  const Json report = shown(), &level = report["levels"][0], &health = level["client_health"];
  EXPECT_EQ(level["ok"], 1);
  EXPECT_EQ(level["output_tokens"]["max"], 300);
  EXPECT_GE(health["stops"].get<int>(), 1);
  EXPECT_GE(health["stopped_s"].get<double>(), 0.45);
  EXPECT_THAT(health["grade"].get<std::string>(), testing::AnyOf("C", "D"));
  EXPECT_EQ(level["oddities"].value("client_stood_still", 0), 1);
}

TEST_F(BenchProgram, EveryLevelStaysOnTheScreenHoweverShortItWas) {
  serve_timed(R"({"ttft_ms": 1, "token_ms": 1})");
  Screen screen;
  start({"--url", v1(), "--concurrency", "1,2,3", "--warmup", "0", "--requests", "6", "--output-tokens", "2"},
        screen.terminal());
  for (const char* level : {"load 1: 6/6 answered", "load 2: 6/6 answered", "load 3: 6/6 answered"}) {
    EXPECT_TRUE(screen.shows(level)) << level;
  }
  EXPECT_FALSE(screen.shows("load 4: "));  // until the program ends
  EXPECT_EQ(exit_status(), 0);
}

}  // namespace
}  // namespace rigwise
