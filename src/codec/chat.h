#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json_text.h"
#include "core/base/result.h"

namespace rigwise {

/// What an endpoint speaks.
enum class ChatDialect {
  openai,      ///< /chat/completions: llama-server, vLLM, SGLang, LM Studio, Ollama's /v1, most providers
  openrouter,  ///< the same with costs, provider pins and errors in bodies of status 200
  ollama,      ///< /api/chat: NDJSON, with durations
};
std::string_view dialect_name(ChatDialect dialect);
std::optional<ChatDialect> dialect_of_name(std::string_view name);

struct ChatMessage {
  std::string role = "user";  ///< system, user, assistant, tool
  std::string text;
  std::vector<std::string> images;  ///< PNG bytes in base64
  Json tool_calls;                  ///< of an assistant, as the endpoint gave them; null: none
  std::string tool_call_id;         ///< of a tool's answer
};

/// A question, in no dialect yet. What is absent is not sent, and so is the server's default.
struct ChatRequest {
  std::string model;
  std::vector<ChatMessage> messages;
  std::optional<double> temperature, top_p;
  std::optional<int> top_k, max_tokens;
  std::optional<std::int64_t> seed;
  std::vector<std::string> stop;
  std::string reasoning_effort;
  Json response_schema;        ///< null: free text
  Json tools;                  ///< as OpenAI describes functions; null: none
  Json provider;               ///< OpenRouter's pin ({"only": [...], "quantizations": [...]}); null: none
  std::optional<int> context;  ///< Ollama's num_ctx
  bool stream = true;
};

/// The body to send.
Json chat_body(const ChatRequest& request, ChatDialect dialect);
/// Where to send it, below the endpoint's base URL.
std::string_view chat_path(ChatDialect dialect);

/// Why an answer stopped.
enum class ChatFinish { unknown, stop, length, content_filter, tool_calls, refused };

/// Tokens by class, as the server counts them. Absent: it does not say. `cached` is inside `prompt`, `reasoning` inside
/// `completion`, whatever the dialect.
struct ChatUsage {
  std::optional<std::int64_t> prompt, cached, completion, reasoning;
};

/// Classes of failure, each with one treatment (docs of `host/eval`): never a score, never an empty answer.
enum class ChatFault {
  rate_limited,  ///< 429, 529, or a body that says so: wait
  server_error,  ///< 5xx, 408, or a body that says so; connection reset; an answer cut off
  unreachable,   ///< refused, no such host, TLS, proxy
  stalled,       ///< nothing came for too long
  too_slow,      ///< the whole took too long
  bad_request,   ///< 400, 404, 413, 422: the same again would fail again
  forbidden,     ///< 401, 403
  no_credit,     ///< 402
  malformed,     ///< no JSON, no choices
  cancelled,     ///< we gave up
};
std::string_view chat_fault_name(ChatFault fault);

struct ChatError {
  ChatFault fault = ChatFault::malformed;
  std::string message;                  ///< the server's words, shortened, without keys
  std::optional<double> retry_after_s;  ///< as the server asks
};

/// A model that an endpoint has.
struct ListedModel {
  std::string name;
  std::string digest;  ///< of its weights, as far as the endpoint tells: Ollama's hash; llama-server's counts of bytes
                       ///< and parameters; empty: it does not say
};

/// What the server measured itself.
struct ServerTimings {
  std::optional<double> load_s, prefill_s, decode_s;
};

/// An answer, or why there is none, the same for all dialects.
struct ChatAnswer {
  std::string text;
  std::string reasoning;
  Json tool_calls;  ///< null: none
  ChatFinish finish = ChatFinish::unknown;
  std::string finish_said;  ///< the server's word
  ChatUsage usage;
  std::optional<std::int64_t> cost_nano;           ///< the provider's own figure, 1e-9 of its currency
  std::optional<std::int64_t> upstream_cost_nano;  ///< what it pays itself, where it says
  std::string generation_id, model_served, provider;
  ServerTimings timings;
  std::optional<std::int64_t> first_token_ns;  ///< of the clock that the pieces were stamped with
  std::optional<ChatError> error;
};

}  // namespace rigwise
