#pragma once

#include "host/eval/conversation.h"
#include "host/eval/eval_model.h"
#include "host/eval/retry_policy.h"
#include "host/net/chat_client.h"

namespace rigwise {

/// One answer that is wanted, with all that is needed to ask for it.
struct AskWork {
  const EvalTask* task = nullptr;
  const EvalModel* model = nullptr;
  SamplingChoice sampling;
  std::int64_t sample_no = 0;
  std::function<ToolAnswer()>
      make_tools;  ///< of an agent's task: they remember what was called, so each pass has its own
};

/// What a pass through a task's conversation came to.
struct AskedTask {
  std::optional<ChatError> error;  ///< of the request that failed; the pass ends there
  Outcome outcome = Outcome::infra_error;
  AttemptEnd end;        ///< all but its id
  bool reached = false;  ///< the endpoint said something, whatever it was
  int requests = 0;
  double quota_wait_s = 0;  ///< the endpoint said that nothing may be asked before
};

struct AskTaskOptions {
  bool is_billed = false;  ///< what was sent and not answered may have been paid
  std::int64_t reserved_nano = 0;
  bool keep_raw = false;  ///< bodies of good answers too
  RetryRules retry;
  std::function<void(const std::string& generation)> on_generation;
};

/// Asks a task's questions one after another. Only two things are asked again in here: what met a connection that the
/// server had closed before, at once; and a later question of a conversation that met a rate limit, since the answers
/// before it are paid for. Arguments are named variables that outlive the asking.
boost::asio::awaitable<AskedTask> ask_task(HttpClient& client, const ChatEndpoint& endpoint, const AskWork& work,
                                           const HttpCancel& cancel, const AskTaskOptions& options);

/// The cost of an exchange: what the provider says; else its counts by the price; else, of what may have been billed,
/// all that was reserved; nothing where nobody knows.
struct ExchangeCost {
  std::optional<std::int64_t> nano;
  std::string source;  ///< provider, price, estimate, none
};
ExchangeCost cost_of_exchange(const ChatExchange& exchange, const std::optional<TokenPrice>& price, bool is_billed,
                              std::int64_t reserved_nano);

}  // namespace rigwise
