#include "host/bench/answer_cutter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace rigwise {
namespace {

using testing::ElementsAre;

struct Heard {
  std::vector<std::string> events;
  std::vector<std::string> bodies;
  int heads = 0, errors = 0;
  void on_head() { ++heads; }
  void on_event(std::string_view data, bool named_error) {
    events.emplace_back(data);
    errors += named_error;
  }
  void on_body(std::string_view bytes) { bodies.emplace_back(bytes); }
};

Heard cut(AnswerCutter& cutter, std::string_view bytes, std::size_t piece = 1'000'000) {
  Heard heard;
  for (std::size_t at = 0; at < bytes.size(); at += piece) cutter.feed(bytes.substr(at, piece), heard);
  return heard;
}

std::string chunked(const std::string& body, std::size_t size) {
  std::string bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += size) {
    const std::string part = body.substr(at, size);
    char length[32];
    std::snprintf(length, sizeof length, "%zx;ext=1\r\n", part.size());
    bytes.append(length).append(part).append("\r\n");
  }
  return bytes + "0\r\nX-Trailer: yes\r\n\r\n";
}

const std::string kStream =
    "\xEF\xBB\xBF: hello\n\ndata: one\n\ndata:two\r\n\r\ndata: th\rdata: ree\r\revent: error\ndata: four\n\ndata: "
    "caf\xC3\xA9\n\n";

RC_GTEST_PROP(AnswerCutter, GivesTheSameEventsHoweverTheBytesCome, ()) {
  const std::size_t chunk = *rc::gen::inRange<std::size_t>(1, 40), piece = *rc::gen::inRange<std::size_t>(1, 60);
  AnswerCutter cutter;
  const Heard heard = cut(cutter, chunked(kStream, chunk), piece);
  RC_ASSERT(heard.events == (std::vector<std::string>{"one", "two", "th\nree", "four", "caf\xC3\xA9"}));
  RC_ASSERT(heard.errors == 1);
  RC_ASSERT(heard.heads == 1);
  RC_ASSERT(cutter.state() == AnswerCutter::State::over);
  RC_ASSERT(cutter.keeps_alive());
}

TEST(AnswerCutter, ABodyWithALengthEndsThere) {
  AnswerCutter cutter;
  const Heard heard =
      cut(cutter, "HTTP/1.1 429 Slow down\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nbusy");
  EXPECT_EQ(cutter.status(), 429);
  EXPECT_THAT(heard.bodies, ElementsAre("busy"));
  EXPECT_EQ(cutter.state(), AnswerCutter::State::over);
}

TEST(AnswerCutter, ABodyWithoutEitherEndsWithTheConnection) {
  AnswerCutter cutter;
  Heard heard = cut(cutter, "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: one\n\ndata: last");
  EXPECT_EQ(cutter.state(), AnswerCutter::State::body);
  EXPECT_TRUE(cutter.end_of_connection(heard));
  EXPECT_THAT(heard.events, ElementsAre("one", "last"));
  EXPECT_FALSE(cutter.keeps_alive());
}

TEST(AnswerCutter, AnEndBeforeTheEndIsNone) {
  AnswerCutter cutter;
  Heard heard = cut(cutter, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_FALSE(cutter.end_of_connection(heard));
}

TEST(AnswerCutter, LinesOfJsonAreEvents) {
  AnswerCutter cutter;
  const Heard heard =
      cut(cutter,
          "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 12\r\n\r\n{\"a\":1}\n{}\n\n", 1);
  EXPECT_THAT(heard.events, ElementsAre("{\"a\":1}", "{}"));
}

TEST(AnswerCutter, AnInterimHeadIsPassedOver) {
  AnswerCutter cutter;
  const Heard heard = cut(cutter, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 3);
  EXPECT_EQ(heard.heads, 1);
  EXPECT_EQ(cutter.status(), 200);
}

TEST(AnswerCutter, WhatIsNoHttpIsBroken) {
  for (const char* bytes : {"SSH-2.0-OpenSSH_9\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    AnswerCutter cutter;
    cut(cutter, bytes);
    EXPECT_EQ(cutter.state(), AnswerCutter::State::broken) << bytes;
  }
}

TEST(AnswerCutter, SaysThatABodyIsCompressed) {
  AnswerCutter cutter;
  cut(cutter, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_TRUE(cutter.is_encoded());
}

}  // namespace
}  // namespace rigwise
