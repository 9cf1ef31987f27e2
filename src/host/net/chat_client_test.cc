#include "host/net/chat_client.h"

#include "tests/fakellm/ask_for_tests.h"

namespace rigwise {
namespace {

using ChatClient = AskTest;

TEST_F(ChatClient, AnswersAreTheSameInEveryDialectStreamedOrNot) {
  serve(R"({"answer": "Forty two, of course.", "reasoning": "six sevens"})");
  for (const ChatDialect dialect : {ChatDialect::openai, ChatDialect::openrouter, ChatDialect::ollama}) {
    for (const bool stream : {true, false}) {
      const ChatExchange exchange = asked_once(dialect, stream);
      ASSERT_FALSE(exchange.answer.error) << exchange.answer.error->message;
      EXPECT_EQ(exchange.answer.text, "Forty two, of course.");
      EXPECT_EQ(exchange.answer.reasoning, "six sevens");
      EXPECT_EQ(exchange.answer.finish, ChatFinish::stop);
      EXPECT_EQ(exchange.answer.usage.prompt, 5);
      EXPECT_EQ(exchange.answer.usage.completion, 6);
      EXPECT_EQ(exchange.answer.cost_nano.has_value(), dialect == ChatDialect::openrouter);
      EXPECT_GT(exchange.first_token_ns, exchange.sent_ns);
      EXPECT_GE(exchange.end_ns, exchange.first_token_ns);
    }
  }
  server_->settle();
  EXPECT_EQ(server_->totals().good, 6);
}

TEST_F(ChatClient, BooksWhatOpenRouterSaysItCost) {
  serve(R"({"answer": "a b c", "prompt_nano": 1000, "completion_nano": 5000})");
  const ChatExchange exchange = asked_once(ChatDialect::openrouter);
  EXPECT_EQ(exchange.answer.cost_nano, 5 * 1000 + 3 * 5000);
  EXPECT_EQ(exchange.answer.provider, "Fake");
  const auto later =
      finished(io_, generation_cost_nano(*client_, endpoint(ChatDialect::openrouter), exchange.answer.generation_id));
  EXPECT_EQ(later, exchange.answer.cost_nano);
  EXPECT_FALSE(finished(io_, generation_cost_nano(*client_, endpoint(ChatDialect::openrouter), "gen-none")));
}

TEST_F(ChatClient, ListsModels) {
  serve(R"({"models": ["a", "b"]})");
  for (const ChatDialect dialect : {ChatDialect::openai, ChatDialect::openrouter, ChatDialect::ollama}) {
    const auto models = finished(io_, list_models(*client_, endpoint(dialect)));
    ASSERT_TRUE(models);
    ASSERT_EQ(models->size(), 2U);
    EXPECT_EQ((*models)[1].name, "b");
    EXPECT_EQ((*models)[1].digest, dialect == ChatDialect::ollama ? "sha256:fake" : "");
  }
}

TEST_F(ChatClient, SaysWhetherAServerIsAwayOrListsNothing) {
  serve(R"({"api_key": "sk-1"})");
  EXPECT_EQ(finished(io_, list_models(*client_, endpoint(ChatDialect::openai))).error().code, ErrorCode::unsupported);
  ChatEndpoint nobody = endpoint(ChatDialect::openai);
  nobody.base_url = "http://127.0.0.1:1/v1";
  EXPECT_EQ(finished(io_, list_models(*client_, nobody)).error().code, ErrorCode::io);
}

struct FaultCase {
  const char* script;
  std::optional<ChatFault> streamed, whole;  ///< nothing: an answer
};

/// Every fault that a server can have, streamed and not, and the class it gets. None hangs, none becomes an answer that
/// it is not, and the next question is answered.
TEST_F(ChatClient, GivesEveryFaultItsClass) {
  using F = ChatFault;
  const std::optional<ChatFault> good;
  const FaultCase cases[] = {
      {R"("fault": "status", "status": 429, "retry_after_s": 3)", F::rate_limited, F::rate_limited},
      {R"("fault": "status", "status": 500)", F::server_error, F::server_error},
      {R"("fault": "html_status", "status": 503)", F::server_error, F::server_error},
      {R"("fault": "status", "status": 402)", F::no_credit, F::no_credit},
      {R"("fault": "status", "status": 403)", F::forbidden, F::forbidden},
      {R"("fault": "status", "status": 400)", F::bad_request, F::bad_request},
      {R"("fault": "error_200", "status": 429)", F::rate_limited, F::rate_limited},
      {R"("fault": "error_200", "status": 502)", F::server_error, F::server_error},
      {R"("fault": "error_event", "status": 502)", F::server_error, good},
      {R"("fault": "no_choices")", F::malformed, F::malformed},
      {R"("fault": "half_json")", F::malformed, F::malformed},
      {R"("fault": "hang_before_headers")", F::stalled, F::stalled},
      {R"("fault": "hang_after_headers")", F::stalled, F::stalled},
      {R"("fault": "hang_in_stream")", F::stalled, F::stalled},
      {R"("fault": "reset_before_headers")", F::server_error, F::server_error},
      {R"("fault": "reset_in_stream")", F::server_error, F::server_error},
      {R"("fault": "cut_stream")", F::server_error, F::server_error},
      {R"("fault": "null_content")", good, good},
      {R"("fault": "empty_content")", good, good},
      {R"("fault": "slow_drip")", good, good},
      {R"("fault": "wrong_usage")", good, good},
      {R"("fault": "no_usage")", good, good},
      {R"("fault": "missing_done")", good, good},
      {R"("fault": "data_after_done")", good, good},
      {R"("fault": "two_finish_reasons")", good, good},
      {R"("fault": "carriage_returns")", good, good},
      {R"("fault": "burst", "token_ms": 1)", good, good},
      {R"("fault": "wrong_content_type")", good, good},
      {R"("fault": "no_length")", good, good},
      {R"("fault": "ignores_stream")", good, good},
      {R"("fault": "closes_after")", good, good},
      {R"("fault": "truncated")", good, good},
      {R"("fault": "content_filter")", good, good},
      {R"("fault": "refusal")", good, good},
  };
  serve("{}");
  ChatEndpoint impatient = endpoint();
  for (const FaultCase& c : cases) {
    for (const bool stream : {true, false}) {
      // Only who hangs is given up soon; on a busy machine the others may take their time.
      const bool hangs = std::string_view(c.script).find("hang") != std::string_view::npos;
      impatient.times.idle = std::chrono::milliseconds(hangs ? 60 : 60'000);
      const std::string rule = R"({"rules": [{"contains": "bad", )" + std::string(c.script) + "}]}";
      server_->set_script(fake_script(rule));
      const ChatExchange exchange = asked(impatient, question("bad", stream));
      const std::optional<ChatFault>& wanted = stream ? c.streamed : c.whole;
      ASSERT_EQ(exchange.answer.error.has_value(), wanted.has_value())
          << rule << stream << (exchange.answer.error ? exchange.answer.error->message : exchange.raw);
      if (wanted) {
        EXPECT_EQ(exchange.answer.error->fault, *wanted) << rule << stream << exchange.answer.error->message;
      }
      ChatExchange next = asked(endpoint(), question("good", stream));
      // The end of a connection may still be on its way when the next question goes out over it.
      if (next.met_closed_door) next = asked(endpoint(), question("good", stream));
      ASSERT_FALSE(next.answer.error) << "after " << rule << ": " << next.answer.error->message;
      EXPECT_EQ(next.answer.text, "The answer is 42.");
    }
  }
}

TEST_F(ChatClient, TellsEmptyTruncatedFilteredAndRefusedApart) {
  serve("{}");
  const auto with = [&](const std::string& fault) {
    server_->set_script(fake_script(R"({"fault": ")" + fault + R"("})"));
    return asked_once().answer;
  };
  EXPECT_EQ(with("null_content").finish, ChatFinish::length);
  EXPECT_EQ(with("null_content").text, "");
  EXPECT_EQ(with("empty_content").finish, ChatFinish::stop);
  EXPECT_EQ(with("truncated").finish, ChatFinish::length);
  EXPECT_EQ(with("content_filter").finish, ChatFinish::content_filter);
  EXPECT_EQ(with("refusal").finish, ChatFinish::refused);
  EXPECT_FALSE(with("wrong_usage").usage.prompt);
  EXPECT_FALSE(with("no_usage").usage.completion);
}

TEST_F(ChatClient, PassesOnHowLongToWait) {
  serve(R"({"fault": "status", "status": 429, "retry_after_s": 7})");
  EXPECT_EQ(asked_once().answer.error->retry_after_s, 7);
  server_->set_script(fake_script(R"({"fault": "status", "status": 429})"));
  EXPECT_FALSE(asked_once().answer.error->retry_after_s);
}

TEST_F(ChatClient, NamesTheGenerationBeforeTheAnswerIsWhole) {
  serve(R"({"fault": "cut_stream"})");
  std::string named;
  AskOptions options;
  options.on_generation = [&](const std::string& id) { named = id; };
  const ChatExchange exchange = asked(endpoint(ChatDialect::openrouter), question(), {}, options);
  EXPECT_EQ(named, "gen-1");
  EXPECT_EQ(exchange.answer.generation_id, "gen-1");
  EXPECT_TRUE(exchange.sent);
}

TEST_F(ChatClient, NeedsTheKeyAndNeverShowsIt) {
  serve(R"({"api_key": "sk-secret-of-ours"})");
  EXPECT_EQ(asked_once().answer.error->fault, ChatFault::forbidden);
  ChatEndpoint with_key = endpoint();
  with_key.key = "sk-secret-of-ours";
  EXPECT_FALSE(asked(with_key, question()).answer.error);
  with_key.key = "two\r\nlines";
  const ChatExchange refused = asked(with_key, question());
  EXPECT_EQ(refused.answer.error->fault, ChatFault::bad_request);
  EXPECT_EQ(refused.answer.error->message.find("two"), std::string::npos);
}

TEST_F(ChatClient, AServerThatQuotesTheKeyIsNotQuoted) {
  const std::string key = "planted key of ours";  // several words, so that a stream has it in pieces
  serve(R"({"api_key": "planted key of ours", "answer": "you sent Bearer planted key of ours to me",
            "reasoning": "they sent planted key of ours"})");
  ChatEndpoint with_key = endpoint();
  with_key.key = key;
  for (const bool streams : {true, false}) {
    ChatRequest request = question();
    request.stream = streams;
    const ChatExchange exchange = asked(with_key, request);
    EXPECT_EQ(exchange.answer.text, "you sent Bearer *** to me");
    for (const std::string& text : {exchange.answer.text, exchange.answer.reasoning, exchange.raw})
      EXPECT_EQ(text.find("planted"), std::string::npos) << text;
  }
}

TEST_F(ChatClient, AWordThatServesAsAKeyStaysInTheAnswer) {
  serve(R"({"api_key": "ollama", "answer": "ask ollama for its models"})");
  ChatEndpoint with_key = endpoint();
  with_key.key = "ollama";
  EXPECT_EQ(asked(with_key, question()).answer.text, "ask ollama for its models");
}

TEST_F(ChatClient, ServesAThousandStreamsAtOnceOverOneThread) {
  serve(R"({"answer": "{hash}", "first_token_ms": 150, "token_ms": 5})");
  constexpr int kStreams = 1000;
  int right = 0;
  const ChatEndpoint at = endpoint();
  const HttpCancel never;
  const AskOptions options;
  for (int i = 0; i < kStreams; ++i) {
    boost::asio::co_spawn(
        io_,
        [&, i]() -> boost::asio::awaitable<void> {
          const ChatRequest request = question("question " + std::to_string(i));
          const ChatExchange exchange = co_await ask(*client_, at, request, never, options);
          right += !exchange.answer.error && exchange.answer.text.ends_with(" of fake-1.") ? 1 : 0;
        },
        boost::asio::detached);
  }
  io_.restart();
  io_.run();
  EXPECT_EQ(right, kStreams);
  server_->settle();
  EXPECT_EQ(server_->totals().pairs, kStreams);
  EXPECT_EQ(server_->totals().good, kStreams);
}

TEST_F(ChatClient, EndsWhenItIsTold) {
  serve(R"({"fault": "hang_after_headers"})");
  HttpCancel cancel;
  boost::asio::post(io_, [&] { cancel.cancel(); });
  EXPECT_EQ(asked(endpoint(), question(), cancel).answer.error->fault, ChatFault::cancelled);
  EXPECT_EQ(asked(endpoint(), question(), cancel).answer.error->fault, ChatFault::cancelled);
}

}  // namespace
}  // namespace rigwise
