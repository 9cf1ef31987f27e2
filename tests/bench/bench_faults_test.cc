// Whatever a server does, the load generator names it, and loses nothing of what came before.
#include <csignal>
#include <set>

#include "bench_for_tests.h"
#include "core/measure/level_metrics.h"

namespace rigwise {
namespace {

/// A fault of the scripted server, and what is to be said of it.
struct FaultCase {
  const char* fault;
  RequestFault said;
  std::uint32_t oddity;
  int tokens;  ///< events with tokens that came all the same
};

class BenchFaults : public BenchTest, public testing::WithParamInterface<FaultCase> {};

TEST_P(BenchFaults, HasItsClass) {
  const FaultCase& wanted = GetParam();
  serve(R"({"answer": "one two three four", "status": 429, "after_words": 2, "fault": ")" + std::string(wanted.fault) +
        R"("})");
  plan.idle_timeout_s = 0.4;
  const RequestTrace trace = one();
  EXPECT_EQ(request_fault_name(trace.fault), request_fault_name(wanted.said));
  EXPECT_EQ(trace.oddities & wanted.oddity, wanted.oddity);
  EXPECT_EQ(static_cast<int>(trace.tokens.size()), wanted.tokens);
}

INSTANTIATE_TEST_SUITE_P(
    All, BenchFaults,
    testing::Values(
        FaultCase{"none", RequestFault::none, 0, 4}, FaultCase{"status", RequestFault::rate_limited, 0, 0},
        FaultCase{"html_status", RequestFault::rate_limited, 0, 0},
        FaultCase{"error_200", RequestFault::error_in_stream, 0, 0},
        FaultCase{"error_event", RequestFault::error_in_stream, 0, 2},
        FaultCase{"no_choices", RequestFault::malformed_event, 0, 0},
        FaultCase{"hang_before_headers", RequestFault::stalled, 0, 0},
        FaultCase{"hang_after_headers", RequestFault::stalled, 0, 0},
        FaultCase{"hang_in_stream", RequestFault::stalled, 0, 2},
        FaultCase{"reset_before_headers", RequestFault::reset, 0, 0},
        FaultCase{"reset_in_stream", RequestFault::reset, 0, 2}, FaultCase{"cut_stream", RequestFault::cut, 0, 2},
        FaultCase{"half_json", RequestFault::malformed_event, 0, 0}, FaultCase{"slow_drip", RequestFault::none, 0, 4},
        FaultCase{"null_content", RequestFault::no_tokens, 0, 0},
        FaultCase{"empty_content", RequestFault::no_tokens, 0, 0}, FaultCase{"refusal", RequestFault::none, 0, 1},
        FaultCase{"wrong_usage", RequestFault::none, kUsageNotWhole, 4},
        FaultCase{"no_usage", RequestFault::none, kUsageMissing, 4},
        FaultCase{"missing_done", RequestFault::none, kMissingDone, 4},
        FaultCase{"data_after_done", RequestFault::none, kDataAfterDone, 4},
        FaultCase{"two_finish_reasons", RequestFault::none, kTwoFinishReasons, 4},
        FaultCase{"carriage_returns", RequestFault::none, 0, 4}, FaultCase{"burst", RequestFault::none, 0, 4},
        FaultCase{"wrong_content_type", RequestFault::wrong_content_type, 0, 0},
        FaultCase{"no_length", RequestFault::none, 0, 4},
        FaultCase{"ignores_stream", RequestFault::none, kNotStreamed, 1},
        FaultCase{"closes_after", RequestFault::none, 0, 4}, FaultCase{"truncated", RequestFault::none, 0, 4},
        FaultCase{"content_filter", RequestFault::none, 0, 4}),
    [](const testing::TestParamInfo<FaultCase>& tried) { return std::string(tried.param.fault); });

/// A refusal by its status, whatever its body looks like.
struct StatusCase {
  int status;
  RequestFault said;
};

class BenchStatuses : public BenchTest, public testing::WithParamInterface<StatusCase> {};

TEST_P(BenchStatuses, HaveTheirClassInJsonAndInHtml) {
  for (const char* fault : {"status", "html_status"}) {
    serve(R"({"answer": "one", "status": )" + std::to_string(GetParam().status) + R"(, "fault": ")" +
          std::string(fault) + R"("})");
    EXPECT_EQ(request_fault_name(one().fault), request_fault_name(GetParam().said)) << fault;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BenchStatuses,
    testing::Values(StatusCase{400, RequestFault::bad_request}, StatusCase{401, RequestFault::forbidden},
                    StatusCase{403, RequestFault::forbidden}, StatusCase{404, RequestFault::bad_request},
                    StatusCase{408, RequestFault::server_error}, StatusCase{429, RequestFault::rate_limited},
                    StatusCase{500, RequestFault::server_error}, StatusCase{503, RequestFault::server_error}),
    [](const testing::TestParamInfo<StatusCase>& tried) { return std::to_string(tried.param.status); });

/// What a server says of its tokens, and what is said of that.
struct UsageCase {
  const char* usage;
  std::uint32_t oddity;
};

class BenchUsages : public BenchTest, public testing::WithParamInterface<UsageCase> {};

TEST_P(BenchUsages, AreTakenOrNamedAndCostNoAnswer) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2, "usage": ")" + std::string(GetParam().usage) + R"("})");
  const RequestTrace trace = one();
  EXPECT_TRUE(trace.is_ok()) << request_fault_name(trace.fault);
  EXPECT_EQ(trace.tokens.size(), 10U);
  EXPECT_EQ(trace.oddities & (kUsageMissing | kUsageFalls | kUsageBelowEvents | kUsageNotWhole), GetParam().oddity);
}

TEST_F(BenchTest, ACountLargerThanWhatWasAskedForIsNoAnswerAsPlanned) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 1, "usage": "wrong"})");
  target.abilities.takes_ignore_eos = true;
  const LevelMetrics metrics = level_metrics(run_closed(1, 3).traces, {});
  EXPECT_EQ(metrics.output_as_planned_share, 0);
}

INSTANTIATE_TEST_SUITE_P(All, BenchUsages,
                         testing::Values(UsageCase{"last", 0}, UsageCase{"every", 0}, UsageCase{"none", kUsageMissing},
                                         UsageCase{"null", kUsageMissing}, UsageCase{"falls", kUsageFalls},
                                         UsageCase{"wrong", 0}, UsageCase{"zero", kUsageBelowEvents}),
                         [](const testing::TestParamInfo<UsageCase>& tried) { return std::string(tried.param.usage); });

/// What is odd about the wire, and not about the answer.
struct WireCase {
  const char* wire;
  RequestFault said;
  int tokens;
};

class BenchWires : public BenchTest, public testing::WithParamInterface<WireCase> {};

TEST_P(BenchWires, IsReadOrNamed) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 2, "wire": ")" + std::string(GetParam().wire) + R"("})");
  const RequestTrace trace = one();
  EXPECT_EQ(request_fault_name(trace.fault), request_fault_name(GetParam().said));
  EXPECT_EQ(static_cast<int>(trace.tokens.size()), GetParam().tokens);
  if (trace.is_ok()) {
    EXPECT_EQ(*trace.output_tokens, 10);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BenchWires,
    testing::Values(WireCase{"plain", RequestFault::none, 10}, WireCase{"one_byte", RequestFault::none, 10},
                    WireCase{"burst", RequestFault::none, 10}, WireCase{"large_event", RequestFault::none, 10},
                    WireCase{"gzip", RequestFault::encoded_body, 0}, WireCase{"brotli", RequestFault::encoded_body, 0},
                    WireCase{"zstd", RequestFault::encoded_body, 0}, WireCase{"trailers", RequestFault::none, 10},
                    WireCase{"slow_head", RequestFault::none, 10}, WireCase{"cut_in_char", RequestFault::reset, 2},
                    WireCase{"no_length", RequestFault::none, 10}, WireCase{"crlf", RequestFault::none, 10},
                    WireCase{"comments", RequestFault::none, 10}),
    [](const testing::TestParamInfo<WireCase>& tried) { return std::string(tried.param.wire); });

TEST_F(BenchTest, AHundredEventsOfOneSegmentAreAllThere) {
  serve_timed(R"({"ttft_ms": 5, "token_ms": 0.1, "wire": "burst"})");
  output_tokens = 100;
  const RequestTrace trace = one();
  EXPECT_TRUE(trace.is_ok());
  EXPECT_EQ(*trace.output_tokens, 100);
  ASSERT_EQ(trace.tokens.size(), 100U);
  const auto shared = std::count_if(trace.tokens.begin(), trace.tokens.end(),
                                    [](const TokenEvent& event) { return event.shared_stamp; });
  EXPECT_EQ(shared, 99);  // and none of these gaps is taken for a measured one
}

TEST_F(BenchTest, ARateLimitThatSaysHowLongIsARateLimitAndCostsOnlyItsRequests) {
  serve(R"({"answer": "one two", "rules": [{"share": 0.3, "fault": "status", "status": 429, "retry_after_s": 2}]})");
  const LevelRun run = run_closed(4, 60);
  std::map<std::string, int> ends;
  for (const RequestTrace& trace : run.traces.requests) ++ends[std::string(request_fault_name(trace.fault))];
  scripted->settle();
  EXPECT_GT(ends["rate_limited"], 0);
  EXPECT_GT(ends["none"], 0);
  EXPECT_EQ(ends["none"], scripted->totals().good);
  EXPECT_EQ(ends["none"] + ends["rate_limited"] + ends["interrupted"], static_cast<int>(run.traces.requests.size()));
  EXPECT_GE(run.traces.requests.size(), 60U);
}

TEST_F(BenchTest, AnswersThatCallThemselvesTheSameAreNotMixedUp) {
  serve_timed(R"({"ttft_ms": 10, "token_ms": 3, "tokens_per_event": 0, "same_ids": true})");
  const LevelRun run = run_closed(8, 40);
  const auto truth = truth_by_index(*timed);
  std::set<std::string> names;
  int compared = 0;
  for (const RequestTrace& trace : run.traces.requests) {
    if (!trace.is_ok()) continue;
    const TimedTruth& known = truth.at(trace.index);
    names.insert(known.answer_id);
    EXPECT_EQ(*trace.output_tokens, known.output_tokens);
    EXPECT_EQ(trace.tokens.size(), known.events.size());
    ++compared;
  }
  EXPECT_GE(compared, 40);
  EXPECT_EQ(names.size(), 1U);
}

TEST_F(BenchTest, NobodyListensIsRefusedAndNotAZero) {
  serve_timed("{}");
  timed.reset();
  timing.window_s = 0.3;
  const LevelRun run = run_closed(2, 0);
  ASSERT_FALSE(run.traces.requests.empty());
  for (const RequestTrace& trace : run.traces.requests) EXPECT_EQ(trace.fault, RequestFault::refused);
}

TEST_F(BenchTest, AnIdleConnectionThatTheServerClosedIsNoFault) {
  serve(R"({"answer": "one two", "fault": "closes_after"})");
  const LevelRun run = run_closed(1, 5);
  EXPECT_GE(run.traces.requests.size(), 5U);
  for (const RequestTrace& trace : run.traces.requests) {
    if (trace.fault == RequestFault::interrupted) continue;
    EXPECT_TRUE(trace.is_ok()) << request_fault_name(trace.fault);
  }
}

TEST_F(BenchTest, AFullQueueIsAServerError) {
  serve_timed(R"({"batching": true, "slots": 1, "queue_most": 1, "ttft_ms": 50, "token_ms": 5})");
  timing.window_s = 0.5;
  const LevelRun run = run_closed(6, 0);
  EXPECT_TRUE(std::any_of(run.traces.requests.begin(), run.traces.requests.end(),
                          [](const RequestTrace& trace) { return trace.fault == RequestFault::server_error; }));
}

TEST_F(BenchTest, AnInterruptKeepsWhatWasMeasured) {
  serve_timed(R"({"ttft_ms": 10, "token_ms": 2})");
  watch = [this](const LevelProgress& progress) { interrupt = interrupt || progress.ended >= 5; };
  timing.window_s = 600;
  const LevelRun run = run_closed(4, 0);
  EXPECT_TRUE(run.interrupted);
  EXPECT_GE(run.traces.requests.size(), 5U);
  EXPECT_LT(run.traces.window_end_ns - run.traces.window_begin_ns, 600'000'000'000);
}

}  // namespace
}  // namespace rigwise
