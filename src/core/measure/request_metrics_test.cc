#include "core/measure/request_metrics.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Planned at 0, sent at 10 ms, a role-only event at 50 ms, then token events at the given milliseconds.
RequestTrace answer_of(std::initializer_list<int> at_ms) {
  RequestTrace trace;
  trace.sent_ns = 10 * kMs;
  trace.first_event_ns = 50 * kMs;
  for (const int ms : at_ms) {
    TokenEvent event;
    event.at_ns = event.earliest_ns = ms * kMs;
    trace.tokens.push_back(event);
  }
  trace.output_tokens = static_cast<std::int64_t>(at_ms.size());
  trace.events_counted = true;
  if (!trace.tokens.empty()) trace.end_ns = trace.tokens.back().at_ns;
  return trace;
}

TEST(RequestMetrics, ARoleOnlyEventStopsTtfrAndNotTtft) {
  const RequestMetrics metrics = metrics_of(answer_of({210, 230, 250}));
  EXPECT_DOUBLE_EQ(*metrics.ttfr_s, 0.040);
  EXPECT_DOUBLE_EQ(*metrics.ttft_s, 0.200);
  EXPECT_DOUBLE_EQ(*metrics.ttft_planned_s, 0.210);
  EXPECT_DOUBLE_EQ(*metrics.e2e_s, 0.240);
  EXPECT_DOUBLE_EQ(*metrics.tpot_s, 0.020);
}

TEST(RequestMetrics, ReasoningCountsForTtftAndNotForWhatIsVisible) {
  RequestTrace trace = answer_of({100, 120, 400});
  trace.tokens[0].channel = trace.tokens[1].channel = TokenChannel::reasoning;
  const RequestMetrics metrics = metrics_of(trace);
  EXPECT_DOUBLE_EQ(*metrics.ttft_s, 0.090);
  EXPECT_DOUBLE_EQ(*metrics.ttfv_s, 0.390);
}

TEST(RequestMetrics, AnAnswerOfOneTokenHasNoTpot) {
  const RequestMetrics metrics = metrics_of(answer_of({210}));
  EXPECT_TRUE(metrics.ttft_s.has_value());
  EXPECT_FALSE(metrics.tpot_s.has_value());
  EXPECT_FALSE(metrics.tpot_compat_s.has_value());
  EXPECT_FALSE(metrics.stall_max_s.has_value());
}

TEST(RequestMetrics, SeveralTokensInAnEventSpreadTheGapBeforeIt) {
  RequestTrace trace = answer_of({100, 140, 180});
  for (TokenEvent& event : trace.tokens) event.tokens = 4;
  trace.output_tokens = 12;
  EXPECT_DOUBLE_EQ(*metrics_of(trace).tpot_s, 0.080 / 8);  // the first four cost the prefill
  EXPECT_DOUBLE_EQ(*metrics_of(trace).tpot_compat_s, 0.080 / 11);
  const std::vector<Weighted> gaps = token_gaps_s(trace);
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_DOUBLE_EQ(gaps[0].value, 0.010);
  EXPECT_DOUBLE_EQ(gaps[0].weight, 4);
  EXPECT_DOUBLE_EQ(event_gaps_s(trace)[0], 0.040);  // icl does not know
}

TEST(RequestMetrics, ACountOfTheWholeIsSharedOutOverTheEvents) {
  RequestTrace trace = answer_of({100, 140, 180});
  trace.events_counted = false;
  trace.output_tokens = 12;
  share_out_tokens(trace);
  EXPECT_DOUBLE_EQ(trace.tokens[0].tokens, 4);
  EXPECT_DOUBLE_EQ(*metrics_of(trace).tpot_s, 0.080 / 8);
}

TEST(RequestMetrics, AStallIsFoundAndMeasured) {
  const RequestMetrics metrics = metrics_of(answer_of({100, 120, 140, 460, 480}));
  EXPECT_EQ(metrics.stalls, 1);
  EXPECT_DOUBLE_EQ(*metrics.stall_max_s, 0.320);
  EXPECT_EQ(metrics_of(answer_of({100, 120, 140, 240, 260})).stalls, 0);  // 100 ms is no stall
}

TEST(RequestMetrics, AFailureHasNoTimesButItsSendLag) {
  RequestTrace trace = answer_of({100, 120});
  trace.fault = RequestFault::reset;
  const RequestMetrics metrics = metrics_of(trace);
  EXPECT_FALSE(metrics.ttft_s || metrics.e2e_s || metrics.tpot_s || metrics.ttfr_s);
  EXPECT_DOUBLE_EQ(*metrics.send_lag_s, 0.010);
}

TEST(RequestMetrics, AnAnswerInOnePieceHasAnEndAndNoFirstToken) {
  RequestTrace trace = answer_of({300});
  trace.oddities = kNotStreamed;
  EXPECT_FALSE(metrics_of(trace).ttft_s.has_value());
  EXPECT_DOUBLE_EQ(*metrics_of(trace).e2e_s, 0.290);
}

}  // namespace
}  // namespace rigwise
