#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "host/net/chat_client.h"
#include "tests/fakellm/fake_server.h"

namespace rigwise {

/// Runs a coroutine to its end.
template <class T>
T finished(boost::asio::io_context& io, boost::asio::awaitable<T> work) {
  std::optional<T> result;
  boost::asio::co_spawn(
      io, [&]() -> boost::asio::awaitable<void> { result = co_await std::move(work); }, boost::asio::detached);
  io.restart();
  io.run();
  return std::move(*result);
}

inline FakeScript fake_script(std::string_view json) {
  Result<FakeScript> script = parse_fake_script(json);
  EXPECT_TRUE(script) << (script ? "" : script.error().message);
  return script ? std::move(*script) : FakeScript{};
}

/// A scripted server, a client, and what is needed to ask.
class AskTest : public testing::Test {
 protected:
  void serve(std::string_view script, FakeServerOptions options = {}) {
    auto started = FakeServer::start(fake_script(script), std::move(options));
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
    use_client({});
  }
  void use_client(HttpClientOptions options) {
    auto opened = HttpClient::open(io_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().message;
    client_ = std::move(*opened);
  }

  ChatEndpoint endpoint(ChatDialect dialect = ChatDialect::openai) const {
    ChatEndpoint endpoint;
    endpoint.dialect = dialect;
    endpoint.base_url = server_->url() + (dialect == ChatDialect::openai       ? "/v1"
                                          : dialect == ChatDialect::openrouter ? "/api/v1"
                                                                               : "");
    return endpoint;
  }
  static ChatRequest question(std::string text = "What is six times seven?", bool stream = true) {
    ChatRequest request;
    request.model = "fake-1";
    request.messages = {{"user", std::move(text), {}, {}, {}}};
    request.stream = stream;
    return request;
  }
  ChatExchange asked(const ChatEndpoint& endpoint, const ChatRequest& request, const HttpCancel& cancel = {},
                     const AskOptions& options = {}) {
    return finished(io_, ask(*client_, endpoint, request, cancel, options));
  }
  ChatExchange asked_once(ChatDialect dialect = ChatDialect::openai, bool stream = true) {
    return asked(endpoint(dialect), question("What is six times seven?", stream));
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<FakeServer> server_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace rigwise
