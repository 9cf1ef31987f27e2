// A client that stood still says so.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
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
  output_tokens = 40;
  bool stopped = false;
  watch = [&](const LevelProgress& progress) {
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
  WallOffset offset({}, 1'000'000'000);
  EXPECT_FALSE(offset.take(1'000'010'000));  // 10 us: how exactly two clocks can be read together
  EXPECT_EQ(offset.to_monotonic(3'000'000'000), 2'000'000'000);
  EXPECT_TRUE(offset.take(1'500'000'000));
  EXPECT_EQ(offset.to_monotonic(3'500'000'000), 2'000'000'000);
  EXPECT_TRUE(offset.take(1'000'000'000));  // and back
}

/// Sets the wall clock by half a minute forth and then back, as a time service does that finds it wrong.
TEST_F(BenchTest, AWallClockThatIsSetIsFoundAndMovesNoStamp) {
  serve_timed(R"({"ttft_ms": 20, "token_ms": 5})");
  std::atomic<std::int64_t> set_by_ns{0};
  plan.wall.set_by_ns = &set_by_ns;
  int steps = 0;
  std::uint64_t ended = 0;
  watch = [&](const LevelProgress& progress) {
    if (progress.phase != LevelPhase::measuring || progress.ended < ended + 10) return;
    ended = progress.ended;
    interrupt = steps == 2;
    set_by_ns = ++steps == 1 ? 30'000'000'000 : 0;
  };
  timing.window_s = 600;
  const LevelRun run = run_closed(4, 0);
  EXPECT_EQ(run.signs.clock_steps, 2);
  const auto truth = truth_by_index(*timed);
  int compared = 0;
  for (const RequestTrace& trace : run.traces.requests) {
    if (!trace.is_ok()) continue;
    const TimedTruth& known = truth.at(trace.index);
    ASSERT_EQ(trace.tokens.size(), known.events.size());
    for (std::size_t i = 0; i < trace.tokens.size(); ++i, ++compared) {
      EXPECT_LT(std::abs(trace.tokens[i].at_ns - known.events[i].before_ns), 10'000'000'000) << "of a step of 30 s";
    }
  }
  EXPECT_GE(compared, 100);
  const ClientVerdict verdict = judge_client(run.signs, {});
  EXPECT_GE(verdict.grade, ClientGrade::c);
  EXPECT_NE(std::find(verdict.reasons.begin(), verdict.reasons.end(), "the wall clock jumped 2 times"),
            verdict.reasons.end());
}

}  // namespace
}  // namespace rigwise
