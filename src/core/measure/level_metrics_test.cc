#include "core/measure/level_metrics.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr std::int64_t kMs = 1'000'000, kSecond = 1000 * kMs;

/// A stream that asks again as soon as it has its answer: first token after 200 ms, then 9 every 20 ms.
RequestTrace request_at(std::int64_t at_ns, std::uint32_t index) {
  RequestTrace trace;
  trace.index = index;
  trace.planned_ns = at_ns;
  trace.sent_ns = at_ns;
  trace.first_event_ns = at_ns + 200 * kMs;
  for (int i = 0; i < 10; ++i) {
    TokenEvent event;
    event.at_ns = event.earliest_ns = at_ns + 200 * kMs + std::int64_t{i} * 20 * kMs;
    trace.tokens.push_back(event);
  }
  trace.output_tokens = 10;
  trace.events_counted = true;
  trace.prompt_tokens = 100;
  trace.end_ns = trace.tokens.back().at_ns;
  return trace;
}

/// One stream back to back for 20 s, of which seconds 4 to 16 are the window.
LevelTraces one_stream() {
  LevelTraces level;
  level.streams = 1;
  level.window_begin_ns = 4 * kSecond;
  level.window_end_ns = 16 * kSecond;
  std::uint32_t index = 0;
  for (std::int64_t at = 0; at < 20 * kSecond; at += 380 * kMs) level.requests.push_back(request_at(at, index++));
  return level;
}

TEST(LevelMetrics, RatesCountWhatArrivedInTheWindow) {
  const LevelMetrics metrics = level_metrics(one_stream(), {});
  EXPECT_NEAR(metrics.output_tokens_per_s, 10 / 0.380, 0.5);
  EXPECT_NEAR(metrics.prompt_tokens_per_s, 100 / 0.380, 5);
  EXPECT_NEAR(metrics.requests_per_s, 1 / 0.380, 0.1);
  EXPECT_NEAR(metrics.streams_mean, 1, 1e-9);
  EXPECT_EQ(metrics.streams_max, 1);
}

TEST(LevelMetrics, WarmUpAndTailLendTokensButNoTimes) {
  const LevelTraces level = one_stream();
  const LevelMetrics metrics = level_metrics(level, {});
  EXPECT_LT(metrics.requests, level.requests.size());
  EXPECT_EQ(metrics.ttft_s.samples, metrics.requests);
  EXPECT_DOUBLE_EQ(*metrics.ttft_s.p50, 0.2);
  EXPECT_NEAR(*metrics.per_stream_tokens_per_s.p50, 50, 1e-9);
}

TEST(LevelMetrics, AFailureIsCountedByClassAndIsNoGoodAnswer) {
  LevelTraces level = one_stream();
  int failed = 0;
  for (RequestTrace& trace : level.requests) {
    if (trace.index % 4 != 0) continue;
    trace.fault = RequestFault::server_error;
    trace.tokens.clear();
    failed += trace.planned_ns >= level.window_begin_ns && trace.planned_ns < level.window_end_ns;
  }
  LoadObjectives objectives;
  objectives.ttft_s = 1;
  const LevelMetrics metrics = level_metrics(level, objectives);
  EXPECT_EQ(metrics.faults.at(RequestFault::server_error), static_cast<std::size_t>(failed));
  EXPECT_EQ(metrics.ok + static_cast<std::size_t>(failed), metrics.requests);
  EXPECT_NEAR(*metrics.goodput_share, static_cast<double>(metrics.ok) / static_cast<double>(metrics.requests), 1e-12);
  EXPECT_DOUBLE_EQ(*metrics.ttft_s.least, 0.2);  // no zeros among the times
  EXPECT_FALSE(keeps_objectives(metrics, 95));
}

TEST(LevelMetrics, AnObjectiveIsHeldAgainstThePlannedTime) {
  LevelTraces level = one_stream();
  for (RequestTrace& trace : level.requests) trace.planned_ns -= 500 * kMs;  // all left half a second late
  LoadObjectives objectives;
  objectives.ttft_s = 0.3;
  EXPECT_EQ(*level_metrics(level, objectives).goodput_share, 0);
  objectives.ttft_s = 0.8;
  EXPECT_EQ(*level_metrics(level, objectives).goodput_share, 1);
}

TEST(LevelMetrics, WhatTheUserInterruptedIsNobodysFailure) {
  LevelTraces level = one_stream();
  level.requests.resize(20);
  level.requests.back().fault = RequestFault::interrupted;
  LoadObjectives objectives;
  objectives.ttft_s = 1;
  const LevelMetrics metrics = level_metrics(level, objectives);
  EXPECT_EQ(metrics.interrupted, 1U);
  EXPECT_EQ(metrics.ok, metrics.requests);
  EXPECT_EQ(*metrics.goodput_share, 1);
}

TEST(LevelMetrics, CachedPromptsShow) {
  LevelTraces level = one_stream();
  for (RequestTrace& trace : level.requests) trace.cached_tokens = 25;
  EXPECT_DOUBLE_EQ(*level_metrics(level, {}).cached_share, 0.25);
}

TEST(LevelMetrics, TheServersDecodingIsOfTheTokensThatItTimed) {
  LevelTraces level = one_stream();
  EXPECT_FALSE(level_metrics(level, {}).server_decode_tokens_per_s);
  for (RequestTrace& trace : level.requests) {
    trace.server_decode_s = 0.045;  // nine tokens after the first, one every 5 ms
    trace.server_decode_tokens = 9;
  }
  EXPECT_DOUBLE_EQ(*level_metrics(level, {}).server_decode_tokens_per_s, 200);
}

TEST(LevelMetrics, AnEmptyWindowGivesNothing) {
  const LevelMetrics metrics = level_metrics({}, {});
  EXPECT_EQ(metrics.requests, 0U);
  EXPECT_FALSE(metrics.ttft_s.mean);
  EXPECT_FALSE(metrics.goodput_share);
}

}  // namespace
}  // namespace rigwise
