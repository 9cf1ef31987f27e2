#pragma once

#include <functional>

#include "codec/chat.h"
#include "host/net/http_client.h"

namespace rigwise {

struct ChatExchange;

/// Where questions go. The key is sent and never written down anywhere.
struct ChatEndpoint {
  ChatDialect dialect = ChatDialect::openai;
  std::string base_url;  ///< "http://127.0.0.1:8080/v1", "https://openrouter.ai/api/v1", "http://127.0.0.1:11434"
  std::string key;
  HttpFields fields;  ///< more of them: an organisation, a referrer
  HttpTimes times;
  /// An endpoint within this program: it is called in place of the network. Empty: none.
  std::function<ChatExchange(const ChatRequest& request)> answer_here;
};

/// An answer with what its transport tells.
struct ChatExchange {
  ChatAnswer answer;  ///< with an error when there is none
  int status = 0;
  HttpFault http_fault = HttpFault::none;
  bool sent = false;  ///< the question left in full; if no answer came, it may have been answered and billed
                      /// The server had closed a connection that was open from before, as it may at any time, and the
                      /// question met the closed
  /// door. Says nothing of the server's health: it may be asked again at once.
  bool met_closed_door = false;
  std::string raw;          ///< the body as it came, up to `keep_raw` bytes
  double quota_wait_s = 0;  ///< nothing is left of the endpoint's limits before, as its fields say
  /// Steady clock; 0: it never came to that.
  std::int64_t start_ns = 0, connected_ns = 0, sent_ns = 0, head_ns = 0, first_token_ns = 0, end_ns = 0;
};

struct AskOptions {
  std::size_t keep_raw = std::size_t{1} << 20;
  /// Called as soon as the provider names the generation, so that it can be written down before the answer is whole.
  std::function<void(const std::string& generation_id)> on_generation;
};

/// Asks once. Every failure is a class of ChatFault with words; nothing is asked again here. All arguments are named
/// variables that outlive the asking (see HttpClient::call).
boost::asio::awaitable<ChatExchange> ask(HttpClient& client, const ChatEndpoint& endpoint, const ChatRequest& request,
                                         const HttpCancel& cancel, const AskOptions& options);

/// What a generation cost, as OpenRouter says afterwards; for answers that never arrived in full. Nothing: it does not
/// know.
boost::asio::awaitable<std::optional<std::int64_t>> generation_cost_nano(HttpClient& client,
                                                                         const ChatEndpoint& endpoint,
                                                                         const std::string& generation_id);

/// The models that an endpoint lists. Errors  io: it does not answer; unsupported: it lists nothing that can be read.
boost::asio::awaitable<Result<std::vector<ListedModel>>> list_models(HttpClient& client, const ChatEndpoint& endpoint);

/// The class of a call that has no answer.
ChatFault chat_fault_of(HttpFault fault);

}  // namespace rigwise
