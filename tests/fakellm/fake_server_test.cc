#include "tests/fakellm/fake_server.h"

#include <filesystem>
#include <fstream>

#include "tests/fakellm/ask_for_tests.h"

namespace rigwise {
namespace {

class FakeLlm : public AskTest {};

TEST_F(FakeLlm, WritesDownWhatItDid) {
  const std::string log =
      (std::filesystem::temp_directory_path() / ("fakellm-" + std::to_string(::getpid()) + ".jsonl")).string();
  FakeServerOptions options;
  options.log_file = log;
  serve(R"({"answer": "one two three", "log_events": true, "token_ms": 1,
            "rules": [{"contains": "twice", "attempts": 1, "fault": "status", "status": 503}]})",
        options);
  EXPECT_TRUE(asked(endpoint(), question("twice")).answer.error);
  const ChatExchange second = asked(endpoint(ChatDialect::openrouter), question("twice"));
  EXPECT_FALSE(second.answer.error);
  server_->settle();
  server_.reset();
  std::ifstream file(log);
  std::vector<Json> truths;
  for (std::string line; std::getline(file, line);) truths.push_back(*parse_json(line));
  std::filesystem::remove(log);
  ASSERT_EQ(truths.size(), 2U);
  EXPECT_EQ(truths[0]["status"], 503);
  EXPECT_EQ(truths[0]["attempt"], 1);
  EXPECT_EQ(truths[1]["attempt"], 2);
  EXPECT_EQ(truths[1]["fault"], "none");
  EXPECT_EQ(truths[1]["prompt_sha256"], truths[0]["prompt_sha256"]);
  EXPECT_EQ(truths[1]["completion_tokens"], 3);
  EXPECT_EQ(truths[1]["cost_nano"], *second.answer.cost_nano);
  EXPECT_EQ(truths[1]["whole"], true);
  // A comment, the role, three words, the reason, the counts, the end; and each was stamped when it was sent.
  ASSERT_EQ(truths[1]["events_ns"].size(), 8U);
  const std::int64_t sent = truths[1]["first_word_ns"].get<std::int64_t>();
  EXPECT_LE(sent, second.end_ns);
  EXPECT_GE(sent, second.start_ns);
}

TEST_F(FakeLlm, KeepsToItsSchedule) {
  serve(R"({"answer": "a b c d e", "first_token_ms": 30, "token_ms": 20})");
  const ChatExchange exchange = asked_once();
  EXPECT_GE(exchange.first_token_ns - exchange.sent_ns, 30'000'000);
  EXPECT_GE(exchange.end_ns - exchange.sent_ns, 110'000'000);
  server_->settle();
  const FakeTruth truth = server_->truth().front();
  EXPECT_GE(truth.end_ns - truth.first_word_ns, 70'000'000);
}

TEST_F(FakeLlm, CountsCallsAndPairs) {
  serve(R"({"rules": [{"contains": "bad", "fault": "error_200"}]})");
  for (const char* text : {"a", "b", "a", "bad"}) asked(endpoint(), question(text));
  server_->settle();
  const FakeTotals totals = server_->totals();
  EXPECT_EQ(totals.calls, 4);
  EXPECT_EQ(totals.pairs, 3);
  EXPECT_EQ(totals.whole, 4);
  EXPECT_EQ(totals.good, 3);
  EXPECT_EQ(totals.in_flight, 0);
  EXPECT_EQ(totals.in_flight_max, 1);
  server_->forget();
  EXPECT_EQ(server_->totals().calls, 0);
  EXPECT_TRUE(server_->truth().empty());
}

TEST_F(FakeLlm, AnswersByPromptAndModel) {
  const std::string hash = prompt_hash(Json::array({{{"role", "user"}, {"content", "which"}}}));
  serve(R"({"answer": "else", "rules": [{"prompt_sha256": ")" + hash + R"(", "answer": "this one"}]})");
  EXPECT_EQ(asked(endpoint(), question("which")).answer.text, "this one");
  EXPECT_EQ(asked(endpoint(), question("other")).answer.text, "else");
}

}  // namespace
}  // namespace rigwise
