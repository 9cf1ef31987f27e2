#include "host/net/chat_client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "codec/chat_reply.h"

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the two halves of Asio's own coroutine allocation for strangers (GCC bug 109224).
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace rigwise {
namespace {

using boost::asio::awaitable;

std::string joined_url(const std::string& base, std::string_view path) {
  std::string url = base;
  while (url.ends_with('/')) url.pop_back();
  return url.append(path);
}

HttpCall call_to(const ChatEndpoint& endpoint, std::string method, std::string_view path) {
  HttpCall call;
  call.method = std::move(method);
  call.url = joined_url(endpoint.base_url, path);
  call.times = endpoint.times;
  call.fields = endpoint.fields;
  if (!endpoint.key.empty()) call.fields.emplace_back("Authorization", "Bearer " + endpoint.key);
  return call;
}

/// A small JSON answer. Errors  io: no answer; unsupported: another one.
awaitable<Result<Json>> get_json(HttpClient& client, const ChatEndpoint& endpoint, std::string_view path) {
  constexpr std::size_t kMost = std::size_t{32} << 20;
  std::string body;
  HttpSink sink;
  sink.bytes = [&body](std::string_view bytes, std::int64_t) {
    body += bytes;
    return body.size() <= kMost;
  };
  const HttpCall call = call_to(endpoint, "GET", path);
  const HttpCancel never;
  const HttpReply reply = co_await client.call(call, sink, never);
  if (reply.fault != HttpFault::none)
    co_return fail({ErrorCode::io,
                    endpoint.base_url + " does not answer: " + reply.detail,
                    "--endpoint",
                    "a server that is running",
                    {}});
  Result<Json> json = reply.status == 200 ? parse_json(body) : fail({ErrorCode::io, "", "", "", {}});
  if (!json) {
    co_return fail({ErrorCode::unsupported,
                    endpoint.base_url + " answers nothing that can be read to " + std::string(path),
                    "",
                    "",
                    {}});
  }
  co_return json;
}

/// What a listing says of the weights behind a name.
std::string digest_of(const Json& model) {
  if (model.contains("digest") && model["digest"].is_string()) return model["digest"].get<std::string>();
  if (!model.contains("meta") || !model["meta"].is_object()) return {};
  const Json& meta = model["meta"];
  std::string digest;
  for (const char* key : {"n_params", "n_vocab", "size"}) {
    if (!meta.contains(key) || !meta[key].is_number_integer()) continue;
    digest.append(digest.empty() ? "" : ",").append(key).append("=").append(meta[key].dump());
  }
  return digest;
}

/// Whether the key stood in a text; it does no more.
bool hide_key(std::string& text, const std::string& key) {
  bool was_there = false;
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "***");
    was_there = true;
  }
  return was_there;
}

/// Servers and proxies quote what they were sent, and answers are kept: the key is in nothing that leaves here. Local
/// servers take words for keys ("ollama", "not-needed"): those are hidden where something failed, and an answer that
/// has the word stays as the model gave it.
void hide_key(ChatExchange& exchange, const std::string& key) {
  constexpr std::size_t kLeast = 4, kLongestWord = 15;
  if (key.size() < kLeast) return;
  ChatAnswer& answer = exchange.answer;
  if (key.size() <= kLongestWord && !answer.error) return;
  bool was_told = false;
  for (std::string* text : {&answer.text, &answer.reasoning, &answer.finish_said, &answer.generation_id,
                            &answer.model_served, &answer.provider})
    was_told = hide_key(*text, key) || was_told;
  if (answer.error) hide_key(answer.error->message, key);
  if (std::string calls = answer.tool_calls.is_null() ? "" : answer.tool_calls.dump(); hide_key(calls, key)) {
    answer.tool_calls = Json::parse(calls, nullptr, false);
    was_told = true;
  }
  // A stream may have it in pieces, between which nothing can be searched.
  if (was_told) exchange.raw = "(not kept: the server's answer held the key)";
  hide_key(exchange.raw, key);
}

/// An identifier of ours goes into a query as it is; anything else would need escapes that no provider's has.
bool is_identifier(std::string_view text) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() < 200 && std::all_of(text.begin(), text.end(), is_fine);
}

}  // namespace

ChatFault chat_fault_of(HttpFault fault) {
  switch (fault) {
    case HttpFault::unresolved:
    case HttpFault::refused:
    case HttpFault::unreachable:
    case HttpFault::proxy:
    case HttpFault::tls:
    case HttpFault::connect_timeout: return ChatFault::unreachable;
    case HttpFault::idle_timeout: return ChatFault::stalled;
    case HttpFault::total_timeout: return ChatFault::too_slow;
    case HttpFault::bad_call: return ChatFault::bad_request;
    case HttpFault::cancelled: return ChatFault::cancelled;
    case HttpFault::malformed:
    case HttpFault::too_large: return ChatFault::malformed;
    default: return ChatFault::server_error;
  }
}

awaitable<ChatExchange> ask(HttpClient& client, const ChatEndpoint& endpoint, const ChatRequest& request,
                            const HttpCancel& cancel, const AskOptions& options) {
  if (endpoint.answer_here) {
    // Whoever asks is resumed by its executor, as after a real wait, and never from within its own call.
    co_await boost::asio::post(boost::asio::use_awaitable);
    ChatExchange here = endpoint.answer_here(request);
    co_return here;
  }
  HttpCall call = call_to(endpoint, "POST", chat_path(endpoint.dialect));
  call.fields.emplace_back("Content-Type", "application/json");
  call.fields.emplace_back("Accept", request.stream ? "text/event-stream, application/json" : "application/json");
  // Invalid UTF-8 in a prompt is replaced and no reason to throw.
  call.body = chat_body(request, endpoint.dialect).dump(-1, ' ', false, Json::error_handler_t::replace);
  ChatExchange exchange;
  std::optional<ChatReplyReader> reader;
  bool told = false;
  HttpSink sink;
  sink.head = [&](const HttpReply& head) { reader.emplace(endpoint.dialect, head.status, head.field("Content-Type")); };
  sink.bytes = [&](std::string_view bytes, std::int64_t at_ns) {
    exchange.raw += bytes.substr(0, options.keep_raw - std::min(options.keep_raw, exchange.raw.size()));
    reader->add(bytes, at_ns);
    if (!told && !reader->generation_id().empty()) {
      told = true;
      if (options.on_generation) options.on_generation(reader->generation_id());
    }
    return true;
  };
  const HttpReply reply = co_await client.call(call, sink, cancel);
  exchange.status = reply.status;
  exchange.http_fault = reply.fault;
  exchange.sent = reply.sent;
  exchange.met_closed_door =
      reply.reused && reply.status == 0 && (reply.fault == HttpFault::reset || reply.fault == HttpFault::cut);
  for (const char* kind : {"requests", "tokens"}) {
    const std::string fields = "x-ratelimit-";
    const auto wait = quota_wait_s(reply.field(fields + "remaining-" + kind), reply.field(fields + "reset-" + kind));
    exchange.quota_wait_s = std::max(exchange.quota_wait_s, wait);
  }
  exchange.start_ns = reply.start_ns;
  exchange.connected_ns = reply.connected_ns;
  exchange.sent_ns = reply.sent_ns;
  exchange.head_ns = reply.head_ns;
  exchange.end_ns = reply.end_ns;
  if (reader) exchange.answer = reader->finish(reply.fault == HttpFault::none);
  exchange.first_token_ns = exchange.answer.first_token_ns.value_or(0);
  // An answer that was whole before its connection broke is an answer; one that was not has the connection's fault.
  const bool whole = reader && !exchange.answer.error && reply.status == 200;
  const bool cut_only = reply.fault == HttpFault::cut || reply.fault == HttpFault::reset;
  if (reply.fault != HttpFault::none && !(whole && cut_only)) {
    if (!exchange.answer.error || reply.fault != HttpFault::cut) {
      exchange.answer.error = ChatError{chat_fault_of(reply.fault), reply.detail, {}};
    }
  } else if (exchange.answer.error && !exchange.answer.error->retry_after_s) {
    exchange.answer.error->retry_after_s = parse_retry_after(reply.field("Retry-After"), reply.field("Date"));
  }
  hide_key(exchange, endpoint.key);
  co_return exchange;
}

awaitable<std::optional<std::int64_t>> generation_cost_nano(HttpClient& client, const ChatEndpoint& endpoint,
                                                            const std::string& generation_id) {
  const std::string path = "/generation?id=" + generation_id;
  if (endpoint.dialect != ChatDialect::openrouter || !is_identifier(generation_id)) co_return std::nullopt;
  const Result<Json> json = co_await get_json(client, endpoint, path);
  if (!json || !json->is_object() || !json->contains("data")) co_return std::nullopt;
  const Json& data = (*json)["data"];
  if (!data.is_object() || !data.contains("total_cost")) co_return std::nullopt;
  co_return nano_of(data["total_cost"]);
}

awaitable<Result<std::vector<ListedModel>>> list_models(HttpClient& client, const ChatEndpoint& endpoint) {
  if (endpoint.answer_here) co_return std::vector<ListedModel>();  // it has no weights to tell of
  const bool is_ollama = endpoint.dialect == ChatDialect::ollama;
  const Result<Json> json = co_await get_json(client, endpoint, is_ollama ? "/api/tags" : "/models");
  if (!json) co_return fail(json.error());
  const char* list = is_ollama ? "models" : "data";
  const char* name = is_ollama ? "name" : "id";
  if (!json->is_object() || !json->contains(list) || !(*json)[list].is_array())
    co_return fail({ErrorCode::unsupported, endpoint.base_url + " lists no models", "", "", {}});
  std::vector<ListedModel> models;
  for (const Json& model : (*json)[list]) {
    if (model.is_object() && model.contains(name) && model[name].is_string())
      models.push_back({model[name].get<std::string>(), digest_of(model)});
  }
  co_return models;
}

}  // namespace rigwise
