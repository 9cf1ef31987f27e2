#include "codec/chat_reply.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

/// The same body in pieces of every size gives the same answer.
ChatAnswer read(std::string_view body, std::string_view type = "text/event-stream", bool complete = true,
                ChatDialect dialect = ChatDialect::openrouter, int status = 200) {
  std::optional<ChatAnswer> first;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{7}, body.size() + 1}) {
    ChatReplyReader reader(dialect, status, type);
    for (std::size_t at = 0; at < body.size(); at += piece)
      reader.add(body.substr(at, piece), static_cast<std::int64_t>(at));
    ChatAnswer answer = reader.finish(complete);
    if (first) {
      EXPECT_EQ(answer.text, first->text);
      EXPECT_EQ(answer.error.has_value(), first->error.has_value());
      EXPECT_EQ(answer.finish, first->finish);
    }
    first = std::move(answer);
  }
  return *first;
}

ChatFault fault_in(const ChatAnswer& answer) {
  EXPECT_TRUE(answer.error.has_value());
  return answer.error ? answer.error->fault : ChatFault::cancelled;
}

TEST(EventStream, EndsLinesInEveryWayAndJoinsData) {
  EventStreamReader reader;
  const std::vector<StreamEvent> events =
      reader.add("\xEF\xBB\xBF: hello\r\ndata: a\r\ndata:b\r\n\r\nevent: error\ndata: c\n\ndata: d\r\rid: 4\n\n");
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].data, "a\nb");
  EXPECT_EQ(events[0].name, "message");
  EXPECT_EQ(events[1].name, "error");
  EXPECT_EQ(events[2].data, "d");
  EXPECT_FALSE(reader.finish());
}

TEST(EventStream, HoldsNoMoreThanItMay) {
  EventStreamReader reader(64);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(reader.add("data: 0123456789\n").empty());
  EXPECT_TRUE(reader.spoilt());
  EventStreamReader endless(64);
  endless.add(std::string(100, 'x'));
  EXPECT_TRUE(endless.spoilt());
}

TEST(ChatReply, ReadsAStreamWithReasoningUsageAndCost) {
  const ChatAnswer answer = read(
      ": OPENROUTER PROCESSING\n\n"
      "data: "
      "{\"id\":\"gen-1\",\"model\":\"m/"
      "x\",\"provider\":\"P\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
      "\"content\":\"\"}}]}\n\n"
      "data: {\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning\":\"hm\",\"content\":null}}]}\n\n"
      "data: {\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\u00FC\"}}]}\n\n"
      "data: "
      "{\"id\":\"gen-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"n\"},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"id\":\"gen-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"cost\":0.00014,"
      "\"prompt_tokens_details\":{\"cached_tokens\":4},\"completion_tokens_details\":{\"reasoning_tokens\":2},"
      "\"cost_details\":{\"upstream_inference_cost\":0.0001}}}\n\n"
      "data: [DONE]\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"after\"}}]}\n\n");
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.text, "Gr\u00FCn");
  EXPECT_EQ(answer.reasoning, "hm");
  EXPECT_EQ(answer.finish, ChatFinish::stop);
  EXPECT_EQ(answer.usage.prompt, 10);
  EXPECT_EQ(answer.usage.cached, 4);
  EXPECT_EQ(answer.usage.reasoning, 2);
  EXPECT_EQ(answer.cost_nano, 140'000);
  EXPECT_EQ(answer.upstream_cost_nano, 100'000);
  EXPECT_EQ(answer.generation_id, "gen-1");
  EXPECT_EQ(answer.provider, "P");
}

constexpr std::string_view kPlain =
    R"({"id":"c1","choices":[{"index":0,"message":{"content":"yes"},"finish_reason":"length"}],"usage":{"prompt_tokens":3}})";

TEST(ChatReply, ReadsOneObjectWhateverItWasAskedFor) {
  const ChatAnswer answer = read(kPlain, "application/json");
  EXPECT_EQ(answer.text, "yes");
  EXPECT_EQ(answer.finish, ChatFinish::length);
  EXPECT_FALSE(answer.usage.completion);
  EXPECT_FALSE(answer.cost_nano);
  EXPECT_EQ(
      read(R"({"choices":[{"message":{"content":[{"type":"text","text":"a"},{"text":"b"}]},"finish_reason":"stop"}]})",
           "application/json")
          .text,
      "ab");
}

TEST(ChatReply, OfNullContentIsEmptyAndNoError) {
  const ChatAnswer answer = read(
      R"({"choices":[{"message":{"content":null,"reasoning":"long"},"finish_reason":"length"}]})", "application/json");
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(answer.reasoning, "long");
  EXPECT_EQ(answer.finish, ChatFinish::length);
}

TEST(ChatReply, ThatStopsShortIsNoAnswer) {
  const std::string begun = "data: {\"id\":\"g\",\"choices\":[{\"delta\":{\"content\":\"ha\"}}]}\n\n";
  EXPECT_EQ(fault_in(read(begun, "text/event-stream", false)), ChatFault::server_error);
  EXPECT_EQ(fault_in(read(begun, "text/event-stream", true)), ChatFault::server_error);
  EXPECT_EQ(fault_in(read(begun + "data: {\"cho", "text/event-stream", false)), ChatFault::server_error);
  EXPECT_EQ(fault_in(read(kPlain.substr(0, 60), "application/json", false)), ChatFault::server_error);
  EXPECT_EQ(read(begun, "text/event-stream", false).generation_id, "g");
}

TEST(ChatReply, NeedsNoDoneWhenItSaidWhyItStopped) {
  EXPECT_FALSE(read("data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n").error);
}

TEST(ChatReply, ThatIsNotWhatItShouldBeIsMalformed) {
  EXPECT_EQ(fault_in(read(kPlain.substr(0, 60), "application/json", true)), ChatFault::malformed);
  EXPECT_EQ(fault_in(read("<html>busy</html>", "text/html")), ChatFault::malformed);
  EXPECT_EQ(fault_in(read("", "application/json")), ChatFault::malformed);
  EXPECT_EQ(fault_in(read("{\"id\":\"x\"}", "application/json")), ChatFault::malformed);
  EXPECT_EQ(fault_in(read("data: {]\n\n")), ChatFault::malformed);
}

TEST(ChatReply, OfStatus200MayBeAnError) {
  const ChatAnswer limited = read(R"({"error":{"code":429,"message":"slow down"}})", "application/json");
  EXPECT_EQ(fault_in(limited), ChatFault::rate_limited);
  EXPECT_EQ(limited.error->message, "slow down");
  EXPECT_EQ(fault_in(read(R"({"error":{"message":"upstream died"}})", "application/json")), ChatFault::server_error);
  EXPECT_EQ(fault_in(read(
                "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"code\":502,\"message\":"
                "\"gone\"},\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}]}\n\n")),
            ChatFault::server_error);
  EXPECT_EQ(fault_in(read("event: error\ndata: {\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"x\"}}\n\n")),
            ChatFault::rate_limited);
}

TEST(ChatReply, ClassesFollowTheStatus) {
  const auto fault = [](int status, std::string_view body) {
    return fault_in(read(body, "application/json", true, ChatDialect::openai, status));
  };
  EXPECT_EQ(fault(429, R"({"error":{"message":"x"}})"), ChatFault::rate_limited);
  EXPECT_EQ(fault(529, ""), ChatFault::rate_limited);
  EXPECT_EQ(fault(500, "<html>no</html>"), ChatFault::server_error);
  EXPECT_EQ(fault(408, ""), ChatFault::server_error);
  EXPECT_EQ(fault(402, ""), ChatFault::no_credit);
  EXPECT_EQ(fault(401, ""), ChatFault::forbidden);
  EXPECT_EQ(fault(404, R"({"error":"model 'x' not found"})"), ChatFault::bad_request);
  EXPECT_EQ(fault(422, R"({"detail":"bad"})"), ChatFault::bad_request);
  EXPECT_EQ(fault(302, ""), ChatFault::bad_request);
}

TEST(ChatReply, NeverPassesOnAKey) {
  const ChatError error =
      error_of_body(401, R"({"error":{"message":"Incorrect API key provided: sk-or-v1-abcdef, or Bearer zzz."}})");
  EXPECT_EQ(error.message.find("abcdef"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("zzz"), std::string::npos) << error.message;
}

TEST(ChatReply, ReadsOllamasLines) {
  const ChatAnswer answer = read(
      "{\"model\":\"g\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"t\"},\"done\":false}\n"
      "{\"model\":\"g\",\"message\":{\"content\":\"a b\"},\"done\":false}\n"
      "{\"model\":\"g\",\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":7,"
      "\"eval_count\":2,\"load_duration\":1000000000,\"prompt_eval_duration\":500000000,\"eval_duration\":250000000}",
      "application/x-ndjson", true, ChatDialect::ollama);
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.text, "a b");
  EXPECT_EQ(answer.reasoning, "t");
  EXPECT_EQ(answer.usage.prompt, 7);
  EXPECT_EQ(answer.timings.load_s, 1);
  EXPECT_EQ(answer.timings.decode_s, 0.25);
  EXPECT_EQ(fault_in(read("{\"error\":\"model requires more system memory\"}", "application/json", true,
                          ChatDialect::ollama)),
            ChatFault::server_error);
  EXPECT_EQ(fault_in(read("{\"message\":{\"content\":\"a\"},\"done\":false}\n", "application/x-ndjson", true,
                          ChatDialect::ollama)),
            ChatFault::server_error);
}

TEST(ChatReply, PutsToolCallsTogetherFromPieces) {
  const ChatAnswer answer = read(
      "data: "
      "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"function\":{\"name\":\"find\","
      "\"arguments\":"
      "\"{\\\"a\\\"\"}}]}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\": "
      "1}\"}}]},\"finish_reason\":"
      "\"tool_calls\"}]}\n\n");
  EXPECT_EQ(answer.finish, ChatFinish::tool_calls);
  EXPECT_EQ(answer.tool_calls[0]["id"], "t1");
  EXPECT_EQ(answer.tool_calls[0]["function"]["arguments"], "{\"a\": 1}");
}

TEST(RetryAfter, IsSecondsOrADateBesideTheReplysOwn) {
  EXPECT_EQ(parse_retry_after("1.5", ""), 1.5);
  EXPECT_EQ(parse_retry_after("Sun, 22 Nov 2026 00:01:00 GMT", "Sat, 21 Nov 2026 23:59:30 GMT"), 90);
  EXPECT_EQ(parse_retry_after("Sun, 22 Nov 2026 00:01:00 GMT", "Sun, 22 Nov 2026 00:02:00 GMT"), 0);
  EXPECT_FALSE(parse_retry_after("-1", ""));
  EXPECT_FALSE(parse_retry_after("soon", "Sun, 22 Nov 2026 00:02:00 GMT"));
  EXPECT_FALSE(parse_retry_after("Sun, 22 Nov 2026 00:01:00 GMT", ""));
}

TEST(QuotaWait, IsHowLongNothingIsLeft) {
  EXPECT_EQ(quota_wait_s("0", "1s"), 1);
  EXPECT_EQ(quota_wait_s("0", "6m0s"), 360);
  EXPECT_DOUBLE_EQ(quota_wait_s("0", "20ms"), 0.02);
  EXPECT_DOUBLE_EQ(quota_wait_s("0", "1h2m3.5s"), 3723.5);
  EXPECT_EQ(quota_wait_s("-1", "7"), 7);
  EXPECT_EQ(quota_wait_s("3", "6m0s"), 0);
  EXPECT_EQ(quota_wait_s("", "6m0s"), 0);
  for (const char* odd : {"", "soon", "1x", "s", "-5", "1..2s", "2026-11-22T00:00:00Z"})
    EXPECT_EQ(quota_wait_s("0", odd), 0) << odd;
}

TEST(ChatBody, IsWhatEachDialectExpects) {
  ChatRequest request;
  request.model = "m";
  request.messages = {{"system", "s", {}, {}, {}}, {"user", "u", {"aGk="}, {}, {}}};
  request.temperature = 0;
  request.max_tokens = 64;
  request.response_schema = {{"type", "object"}};
  request.provider = {{"only", {"P"}}};
  request.reasoning_effort = "low";
  const Json openai = chat_body(request, ChatDialect::openai);
  EXPECT_EQ(openai["max_tokens"], 64);
  EXPECT_EQ(openai["messages"][1]["content"][1]["image_url"]["url"], "data:image/png;base64,aGk=");
  EXPECT_EQ(openai["response_format"]["json_schema"]["strict"], true);
  EXPECT_EQ(openai["stream_options"]["include_usage"], true);
  EXPECT_FALSE(openai.contains("provider"));
  EXPECT_FALSE(openai.contains("top_p"));
  const Json openrouter = chat_body(request, ChatDialect::openrouter);
  EXPECT_EQ(openrouter["provider"]["only"][0], "P");
  EXPECT_EQ(openrouter["usage"]["include"], true);
  EXPECT_EQ(openrouter["reasoning"]["effort"], "low");
  const Json ollama = chat_body(request, ChatDialect::ollama);
  EXPECT_EQ(ollama["options"]["num_predict"], 64);
  EXPECT_EQ(ollama["messages"][1]["content"], "u");
  EXPECT_EQ(ollama["messages"][1]["images"][0], "aGk=");
  EXPECT_EQ(ollama["format"]["type"], "object");
  EXPECT_FALSE(ollama.contains("max_tokens"));
}

TEST(Nano, RoundsDollarsAndRefusesWhatIsNone) {
  EXPECT_EQ(nano_of(Json(0.000000123)), 123);
  EXPECT_EQ(nano_of(Json(0)), 0);
  EXPECT_FALSE(nano_of(Json(-1)));
  EXPECT_FALSE(nano_of(Json("0.1")));
}

}  // namespace
}  // namespace rigwise
