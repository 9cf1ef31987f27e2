// What the load generator says against what the server wrote down that it did. Counts are exact; times are held loosely
// here, since machines that run tests are busy (perf/bench_truth.sh measures how near they really are).
#include "bench_for_tests.h"
#include "core/measure/arrivals.h"
#include "core/measure/level_metrics.h"
#include "core/measure/request_metrics.h"
#include "core/stats/quantile.h"
#include "host/bench/kernel_stamps.h"
#include "host/bench/load_worker.h"

namespace rigwise {
namespace {

TEST_F(BenchTest, CountsEveryTokenOfManyStreams) {
  serve_timed(R"({"ttft_ms": 20, "token_ms": 5, "ttft_cv": 0.5, "token_cv": 0.5, "tokens_per_event": 0})");
  target.running_usage = true;
  const LevelRun run = run_closed(32, 100);
  const auto truth = truth_by_index(*timed);
  int compared = 0;
  for (const RequestTrace& trace : run.traces.requests) {
    if (!trace.is_ok()) continue;
    const TimedTruth& known = truth.at(trace.index);
    EXPECT_EQ(*trace.output_tokens, known.output_tokens);
    EXPECT_EQ(trace.tokens.size(), known.events.size());
    EXPECT_EQ(*trace.prompt_tokens, known.prompt_tokens);
    ++compared;
  }
  EXPECT_GE(compared, 100);
}

TEST_F(BenchTest, ARunningCountSaysHowManyTokensAnEventHas) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2, "tokens_per_event": 0, "usage": "every"})");
  const RequestTrace trace = one();
  const TimedTruth truth = truth_by_index(*timed).at(trace.index);
  ASSERT_TRUE(trace.events_counted);
  ASSERT_EQ(trace.tokens.size(), truth.events.size());
  for (std::size_t i = 0; i < truth.events.size(); ++i) EXPECT_EQ(trace.tokens[i].tokens, truth.events[i].tokens);
}

TEST_F(BenchTest, TokensThatAParserSwallowedAreCounted) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1, "swallow_after": 3, "swallow": 5})");
  const RequestTrace trace = one();
  EXPECT_EQ(*trace.output_tokens, 10);
  EXPECT_LT(trace.tokens.size(), 10U);
}

TEST_F(BenchTest, StampsLieWhereTheServerWrote) {
  serve_timed(R"({"ttft_ms": 20, "token_ms": 10})");
  const LevelRun run = run_closed(4, 60);
  ASSERT_TRUE(run.signs.kernel_stamps) << run.signs.clock_steps << " times the wall clock seemed set";
  const auto truth = truth_by_index(*timed);
  std::vector<double> errors;
  for (const RequestTrace& trace : run.traces.requests) {
    if (!trace.is_ok()) continue;
    const TimedTruth& known = truth.at(trace.index);
    for (std::size_t i = 0; i < trace.tokens.size(); ++i) {
      errors.push_back(std::abs(static_cast<double>(trace.tokens[i].at_ns - known.events[i].before_ns)));
    }
  }
  EXPECT_LT(median(errors), 1e6);  // a millisecond: a program that stamps when it gets to run misses this when busy
}

TEST(KernelStamps, AreOnBeforeTheFirstByteOfANewConnection) {
  const KernelStamps stamps;
  ASSERT_TRUE(stamps.are_on());
  // Without them, the first byte of the first connection after a while has none: the kernel begins a moment later.
  const KernelStamps others;
  EXPECT_EQ(others.bytes_sent(), 1);
}

TEST_F(BenchTest, TheShortestRunHasStampsOfTheKernelFromItsFirstReadOn) {
  serve_timed(R"({"ttft_ms": 0, "token_ms": 0})");
  const LevelRun run = run_closed(1, 1);
  EXPECT_EQ(run.signs.stamped_share, 1);
  EXPECT_TRUE(run.signs.kernel_stamps);
}

TEST_F(BenchTest, AStallIsFoundWhereItWas) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 5, "stall_ms": 400, "stall_before": 6})");
  const RequestTrace trace = one();
  EXPECT_EQ(metrics_of(trace).stalls, 1);
  const std::vector<double> gaps = event_gaps_s(trace);
  EXPECT_EQ(std::max_element(gaps.begin(), gaps.end()) - gaps.begin(), 5);
}

TEST_F(BenchTest, AStallThatEndsInABurstIsOneStallAndLosesNoToken) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 5, "stall_ms": 600, "stall_before": 6, "stall_bursts": true})");
  output_tokens = 40;
  const RequestTrace trace = one();
  EXPECT_EQ(*trace.output_tokens, 40);
  ASSERT_EQ(trace.tokens.size(), 40U);
  EXPECT_EQ(metrics_of(trace).stalls, 1);
  const std::vector<double> gaps = event_gaps_s(trace);
  EXPECT_EQ(std::max_element(gaps.begin(), gaps.end()) - gaps.begin(), 5);
  // The 34 held up came in less than the time that they take when nothing is held up.
  const double after = static_cast<double>(trace.tokens[39].at_ns - trace.tokens[6].at_ns) * 1e-9;
  EXPECT_LT(after, *std::max_element(gaps.begin(), gaps.end()));
}

TEST_F(BenchTest, ARoleIsNoFirstToken) {
  serve_timed(R"({"ttft_ms": 200, "token_ms": 1})");
  const RequestMetrics metrics = metrics_of(one());
  EXPECT_LT(*metrics.ttfr_s, *metrics.ttft_s);
  EXPECT_GE(*metrics.ttft_s, 0.199);
}

TEST_F(BenchTest, ThoughtsComeBeforeWhatIsVisible) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 20, "reasoning_tokens": 4})");
  const RequestTrace trace = one();
  const RequestMetrics metrics = metrics_of(trace);
  ASSERT_EQ(trace.tokens.size(), 10U);
  EXPECT_DOUBLE_EQ(*metrics.ttft_s, static_cast<double>(trace.tokens[0].at_ns - *trace.sent_ns) * 1e-9);
  EXPECT_DOUBLE_EQ(*metrics.ttfv_s, static_cast<double>(trace.tokens[4].at_ns - *trace.sent_ns) * 1e-9);
}

TEST_F(BenchTest, CachedPromptsAreSeenWithoutANonceAndNotWithOne) {
  serve_timed(R"({"ttft_ms": 2, "token_ms": 1, "prefix_cache": true})");
  PromptChoice choice;
  choice.run_id = "test";
  choice.prompt_tokens = {200};
  choice.texts = 1;
  target.abilities.tells_usage = true;
  plan.streams = 1;
  plan.target = target.address;
  timing = {0.0, 1, 1, 8, 60};
  const auto cached_share = [&](bool nonce) {
    choice.nonce = nonce;
    choice.seed = nonce ? 1 : 2;
    const Result<PromptBook> book = PromptBook::fitted(target, choice);
    EXPECT_TRUE(book);
    EXPECT_EQ(book->unfitted(), 0);
    EXPECT_EQ(book->prompt_tokens(0), 200U);
    plan.source = &*book;
    const Result<LevelRun> run = run_level(plan, timing, interrupt, watch);
    EXPECT_TRUE(run);
    return level_metrics(run->traces, {}).cached_share.value_or(-1);
  };
  EXPECT_LT(cached_share(true), 0.01);
  EXPECT_GT(cached_share(false), 0.5);
}

TEST_F(BenchTest, AnOpenLoadSendsWhatWasPlannedHoweverSlowTheServerIs) {
  serve_timed(R"({"batching": true, "slots": 1, "ttft_ms": 40, "token_ms": 5})");
  plan.arrivals = planned_arrivals_ns({ArrivalPattern::poisson, 50, 1, 0, 3}, 1);
  plan.connections = 4;  // more are opened as they are needed
  timing.window_s = 1;
  const LevelRun run = this->run();
  EXPECT_EQ(run.traces.requests.size(), plan.arrivals.size());
  const auto truth = truth_by_index(*timed);
  for (const RequestTrace& trace : run.traces.requests) {
    EXPECT_TRUE(trace.is_ok()) << request_fault_name(trace.fault);
    EXPECT_EQ(truth.count(trace.index), 1U);
  }
  const LevelMetrics metrics = level_metrics(run.traces, {});
  EXPECT_GT(*metrics.ttft_planned_s.most, 1.0);  // the last waited for those before it
}

TEST(LoadWorker, WhatItHasNotComeToSendIsNotAnswered) {
  LoadPlan open_plan;
  open_plan.arrivals = {0};
  LoadControl control;
  LoadWorker worker(open_plan, control, 0);
  EXPECT_FALSE(worker.is_answered(0, 1));  // it got no core yet: ending the level now would lose the arrival
  control.stop = true;
  worker.run();
  EXPECT_TRUE(worker.is_answered(0, 1));
}

TEST_F(BenchTest, AnArrivalThatFindsNoRoomIsShedAndCounted) {
  serve_timed(R"({"ttft_ms": 300, "token_ms": 5})");
  plan.arrivals = planned_arrivals_ns({ArrivalPattern::constant, 100, 1, 0, 3}, 0.1);
  plan.connections = plan.connections_most = 3;
  timing.window_s = 0.2;
  const LevelRun run = this->run();
  const auto shed = std::count_if(run.traces.requests.begin(), run.traces.requests.end(),
                                  [](const RequestTrace& trace) { return trace.fault == RequestFault::shed; });
  EXPECT_EQ(shed, 7);
  EXPECT_EQ(run.traces.requests.size(), 10U);
}

TEST_F(BenchTest, DegradationIsTheEngines) {
  serve_timed(R"({"batching": true, "ttft_ms": 1, "token_ms": 20, "slowdown": 0.1})");
  output_tokens = 20;
  const LevelMetrics one = level_metrics(run_closed(1, 3).traces, {});
  const LevelMetrics six = level_metrics(run_closed(6, 24).traces, {});
  EXPECT_NEAR(*one.per_stream_tokens_per_s.mean, 50, 5);
  EXPECT_LT(*six.per_stream_tokens_per_s.mean / *one.per_stream_tokens_per_s.mean, 0.8);  // 1/1.5, and prompts between
}

}  // namespace
}  // namespace rigwise
