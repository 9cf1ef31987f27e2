#include "codec/stream_trace.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

/// An answer whose events come a millisecond apart.
RequestTrace read(std::initializer_list<const char*> events, RequestTrace trace = {}) {
  StreamTraceReader reader(std::move(trace));
  std::int64_t at = 0;
  for (const char* event : events) {
    at += 1'000'000;
    reader.add_event(event, at);
  }
  return reader.finish();
}

constexpr const char* kRole =
    R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})";
constexpr const char* kOne = R"({"choices":[{"index":0,"delta":{"content":" one"},"finish_reason":null}]})";
constexpr const char* kTwo = R"({"choices":[{"index":0,"delta":{"content":" two"},"finish_reason":null}]})";
constexpr const char* kQuote = R"({"choices":[{"index":0,"delta":{"content":"\""},"finish_reason":null}]})";
constexpr const char* kEmpty = R"({"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]})";
constexpr const char* kNull = R"({"choices":[{"index":0,"delta":{"content":null},"finish_reason":null}]})";
constexpr const char* kThought = R"({"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]})";
constexpr const char* kStop = R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})";
constexpr const char* kUsage = R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":8}})";
constexpr const char* kDone = "[DONE]";

TEST(StreamTrace, CountsOnlyEventsThatBearTokens) {
  const RequestTrace trace = read({kRole, kOne, kTwo, kQuote, kEmpty, kNull, kStop, kUsage, kDone});
  EXPECT_TRUE(trace.is_ok());
  EXPECT_EQ(trace.oddities, 0U);
  EXPECT_EQ(*trace.first_event_ns, 1'000'000);
  ASSERT_EQ(trace.tokens.size(), 3U);
  EXPECT_EQ(trace.tokens[0].at_ns, 2'000'000);
  EXPECT_EQ(*trace.output_tokens, 8);
  EXPECT_EQ(trace.source, TokenSource::final_usage);
  EXPECT_NEAR(trace.tokens[0].tokens, 8.0 / 3, 1e-12);
  EXPECT_EQ(*trace.prompt_tokens, 7);
}

TEST(StreamTrace, AFamiliarEventIsReadAsAParsedOneIs) {
  // The third is like the second but for its text; then the channel changes and so do the bytes.
  const RequestTrace trace = read({kThought, kThought, kOne, kTwo, kOne, kStop, kDone});
  ASSERT_EQ(trace.tokens.size(), 5U);
  EXPECT_EQ(trace.tokens[1].channel, TokenChannel::reasoning);
  EXPECT_EQ(trace.tokens[4].channel, TokenChannel::content);
  EXPECT_EQ(*trace.output_tokens, 5);
  EXPECT_EQ(trace.source, TokenSource::events);
  EXPECT_TRUE(trace.oddities & kUsageMissing);
}

TEST(StreamTrace, ARunningCountSaysHowManyAnEventBrought) {
  const RequestTrace trace =
      read({R"({"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":7,"completion_tokens":1}})",
            R"({"choices":[{"delta":{"content":"bcd"}}],"usage":{"prompt_tokens":7,"completion_tokens":4}})",
            R"({"choices":[{"delta":{}}],"usage":{"prompt_tokens":7,"completion_tokens":6}})", kStop,
            R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":6}})", kDone});
  ASSERT_EQ(trace.tokens.size(), 3U);  // the third had no text and two tokens: they were swallowed by a parser
  EXPECT_TRUE(trace.events_counted);
  EXPECT_EQ(trace.tokens[1].tokens, 3);
  EXPECT_EQ(trace.tokens[2].tokens, 2);
  EXPECT_EQ(*trace.output_tokens, 6);
}

TEST(StreamTrace, ACountThatFallsIsNotBelieved) {
  const RequestTrace trace =
      read({R"({"choices":[{"delta":{"content":"a"}}],"usage":{"completion_tokens":5}})",
            R"({"choices":[{"delta":{"content":"b"}}],"usage":{"completion_tokens":2}})", kStop, kDone});
  EXPECT_TRUE(trace.oddities & kUsageFalls);
  EXPECT_EQ(*trace.output_tokens, 2);
  EXPECT_EQ(trace.source, TokenSource::events);
}

TEST(StreamTrace, CountsThatCannotBeAreNone) {
  const RequestTrace trace = read({kOne, kStop, R"({"choices":[],"usage":{"completion_tokens":-3}})", kDone});
  EXPECT_TRUE(trace.oddities & kUsageNotWhole);
  EXPECT_EQ(*trace.output_tokens, 1);
}

TEST(StreamTrace, EachEndHasItsClass) {
  EXPECT_EQ(read({kOne}).fault, RequestFault::unfinished);
  EXPECT_EQ(read({kRole, kStop, kDone}).fault, RequestFault::no_tokens);
  EXPECT_EQ(read({kOne, R"({"error":{"message":"out of memory"}})"}).fault, RequestFault::error_in_stream);
  EXPECT_EQ(read({kOne, R"({"choices":[{"delta":)"}).fault, RequestFault::malformed_event);
  EXPECT_TRUE(read({kOne, kStop}).oddities & kMissingDone);
  EXPECT_TRUE(read({kOne, kStop, kDone, kOne}).oddities & kDataAfterDone);
  EXPECT_TRUE(read({kOne, kStop, kStop, kDone}).oddities & kTwoFinishReasons);
  StreamTraceReader named({});
  named.add_event("gone", 1, true);
  EXPECT_EQ(named.finish().fault, RequestFault::error_in_stream);
}

TEST(StreamTrace, ACutAfterTheEndIsNoFault) {
  RequestTrace cut;
  cut.fault = RequestFault::cut;
  EXPECT_TRUE(read({kOne, kStop, kDone}, cut).is_ok());
  EXPECT_EQ(read({kOne, kTwo}, cut).fault, RequestFault::cut);
}

TEST(StreamTrace, TimingsOfTheServerAreKept) {
  const RequestTrace trace = read(
      {kOne,
       R"({"choices":[{"delta":{},"finish_reason":"length"}],"timings":{"cache_n":30,"prompt_n":70,"prompt_ms":35.0,
                "predicted_n":12,"predicted_ms":240.0}})",
       kDone});
  EXPECT_EQ(*trace.prompt_tokens, 100);
  EXPECT_EQ(*trace.cached_tokens, 30);
  EXPECT_DOUBLE_EQ(*trace.server_prefill_s, 0.035);
  EXPECT_DOUBLE_EQ(*trace.server_decode_s, 0.24);
  EXPECT_EQ(*trace.server_decode_tokens, 11) << "its clock starts with the first token";
  EXPECT_EQ(*trace.output_tokens, 12);
  EXPECT_EQ(trace.source, TokenSource::server_timings);
}

TEST(StreamTrace, OllamasLinesAreUnderstood) {
  const RequestTrace trace =
      read({R"({"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false})",
            R"({"model":"m","message":{"role":"assistant","content":"yes"},"done":false})",
            R"({"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":9,
                "prompt_eval_count":20,"prompt_eval_duration":50000000,"eval_duration":400000000})"});
  EXPECT_TRUE(trace.is_ok());
  ASSERT_EQ(trace.tokens.size(), 2U);
  EXPECT_EQ(trace.tokens[0].channel, TokenChannel::reasoning);
  EXPECT_EQ(*trace.output_tokens, 9);
  EXPECT_DOUBLE_EQ(*trace.server_decode_s, 0.4);
  EXPECT_EQ(*trace.server_decode_tokens, 9);
}

TEST(StreamTrace, EventsOfOneReadAreToldFromThoseWithAStampOfTheirOwn) {
  StreamTraceReader reader({});
  for (const std::int64_t at : {10, 20, 20, 20, 30}) reader.add_event(kOne, at);
  reader.add_event(kStop, 30);  // with the last token, which is the later of no two tokens
  const RequestTrace trace = reader.finish();
  ASSERT_EQ(trace.tokens.size(), 5U);
  EXPECT_FALSE(trace.tokens[0].shared_stamp);
  EXPECT_TRUE(trace.tokens[1].shared_stamp);
  EXPECT_EQ(trace.tokens[1].earliest_ns, 10);
  EXPECT_TRUE(trace.tokens[2].shared_stamp);
  EXPECT_EQ(trace.tokens[2].earliest_ns, 10);
  EXPECT_FALSE(trace.tokens[3].shared_stamp);
  EXPECT_FALSE(trace.tokens[4].shared_stamp);
}

TEST(StreamTrace, ALookAtTheSocketsBoundsWhatAReadBroughtTogether) {
  StreamTraceReader reader({});
  reader.add_event(kOne, 10);
  reader.add_event(kOne, 90);
  reader.add_event(kOne, 90);
  reader.came_after(70);
  reader.add_event(kOne, 100);
  reader.add_event(kStop, 100);  // no token, and the one before it has its stamp all the same
  reader.add_event(kDone, 100);
  reader.came_after(95);
  const RequestTrace trace = reader.finish();
  ASSERT_EQ(trace.tokens.size(), 4U);
  EXPECT_EQ(trace.tokens[1].earliest_ns, 70);
  EXPECT_EQ(trace.tokens[2].earliest_ns, 90);  // the last of its read: the stamp is its own
  EXPECT_EQ(trace.tokens[3].earliest_ns, 95);
}

TEST(StreamTrace, OneObjectInPlaceOfAStreamIsSaid) {
  StreamTraceReader reader({});
  reader.add_body(R"({"choices":[{"message":{"content":"hello there"},"finish_reason":"stop"}],
                      "usage":{"prompt_tokens":3,"completion_tokens":2}})",
                  5);
  const RequestTrace trace = reader.finish();
  EXPECT_TRUE(trace.is_ok());
  EXPECT_TRUE(trace.oddities & kNotStreamed);
  EXPECT_EQ(*trace.output_tokens, 2);
}

}  // namespace
}  // namespace rigwise
