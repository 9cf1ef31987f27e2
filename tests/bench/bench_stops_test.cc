// A client that stood still says so.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "bench_for_tests.h"
#include "host/bench/bench_clock.h"

namespace rigwise {
namespace {

/// Stops this program for half a second, as Ctrl-Z and fg would.
void stop_for_half_a_second() {
  const pid_t helper = fork();
  if (helper == 0) {
    ::poll(nullptr, 0, 500);
    kill(getppid(), SIGCONT);
    _exit(0);
  }
  raise(SIGSTOP);
  waitpid(helper, nullptr, 0);
}

TEST_F(BenchTest, AStoppedClientIsFoundAndItsRequestsAreMarked) {
  serve_timed(R"({"ttft_ms": 50, "token_ms": 20})");
  output_tokens_ = 40;
  bool stopped = false;
  watch_ = [&](const LevelProgress& progress) {
    if (stopped || progress.phase != LevelPhase::measuring || progress.sent == 0) return;
    stopped = true;
    stop_for_half_a_second();
  };
  const LevelRun run = run_closed(2, 4);
  EXPECT_TRUE(stopped);
  EXPECT_GE(run.signs.stops, 1);
  EXPECT_GE(run.signs.stopped_s, 0.4);
  EXPECT_TRUE(std::any_of(run.traces.requests.begin(), run.traces.requests.end(),
                          [](const RequestTrace& trace) { return (trace.oddities & kClientStoodStill) != 0; }));
  EXPECT_GE(judge_client(run.signs, {}).grade, ClientGrade::c);
}

TEST(WallOffset, AStepOfTheWallClockIsToldFromNoise) {
  WallOffset offset(1'000'000'000);
  EXPECT_FALSE(offset.take(1'000'010'000));  // 10 us: how exactly two clocks can be read together
  EXPECT_EQ(offset.to_monotonic(3'000'000'000), 2'000'000'000);
  EXPECT_TRUE(offset.take(1'500'000'000));
  EXPECT_EQ(offset.to_monotonic(3'500'000'000), 2'000'000'000);
  EXPECT_TRUE(offset.take(1'000'000'000));  // and back
}

}  // namespace
}  // namespace rigwise
