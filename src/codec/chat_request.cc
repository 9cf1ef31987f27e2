#include <algorithm>
#include <array>

#include "codec/chat.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 3> kDialects = {"openai", "openrouter", "ollama"};

/// Text alone, or a list of text and pictures.
Json openai_content(const ChatMessage& message) {
  if (message.images.empty()) return message.text;
  Json parts = Json::array();
  if (!message.text.empty()) parts.push_back({{"type", "text"}, {"text", message.text}});
  for (const std::string& image : message.images) {
    parts.push_back({{"type", "image_url"}, {"image_url", {{"url", "data:image/png;base64," + image}}}});
  }
  return parts;
}

/// Ollama wants arguments as an object where the others want them as text.
Json ollama_calls(Json calls) {
  for (Json& call : calls) {
    if (!call.is_object() || !call.contains("function") || !call["function"].is_object()) continue;
    Json& function = call["function"];
    if (!function.contains("arguments") || !function["arguments"].is_string()) continue;
    const Result<Json> arguments = parse_json(function["arguments"].get<std::string>());
    function["arguments"] = arguments && arguments->is_object() ? *arguments : Json(Json::object());
  }
  return calls;
}

Json message_body(const ChatMessage& message, ChatDialect dialect) {
  Json body = {{"role", message.role}};
  const bool is_ollama = dialect == ChatDialect::ollama;
  body["content"] = is_ollama ? Json(message.text) : openai_content(message);
  if (is_ollama && !message.images.empty()) body["images"] = message.images;
  if (!message.tool_calls.is_null())
    body["tool_calls"] = is_ollama ? ollama_calls(message.tool_calls) : message.tool_calls;
  if (!message.tool_call_id.empty() && !is_ollama) body["tool_call_id"] = message.tool_call_id;
  return body;
}

template <class T>
void put(Json& body, const char* key, const std::optional<T>& value) {
  if (value) body[key] = *value;
}

Json ollama_body(const ChatRequest& request, Json body) {
  Json options = Json::object();
  put(options, "temperature", request.temperature);
  put(options, "top_p", request.top_p);
  put(options, "top_k", request.top_k);
  put(options, "seed", request.seed);
  put(options, "num_predict", request.max_tokens);
  put(options, "num_ctx", request.context);
  if (!request.stop.empty()) options["stop"] = request.stop;
  if (!options.empty()) body["options"] = std::move(options);
  if (!request.reasoning_effort.empty()) {
    const bool is_switch = request.reasoning_effort == "on" || request.reasoning_effort == "off";
    body["think"] = is_switch ? Json(request.reasoning_effort == "on") : Json(request.reasoning_effort);
  }
  if (!request.response_schema.is_null()) body["format"] = request.response_schema;
  return body;
}

Json openai_body(const ChatRequest& request, ChatDialect dialect, Json body) {
  const bool is_openrouter = dialect == ChatDialect::openrouter;
  put(body, "temperature", request.temperature);
  put(body, "top_p", request.top_p);
  put(body, "top_k", request.top_k);
  put(body, "seed", request.seed);
  put(body, "max_tokens", request.max_tokens);
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (!request.reasoning_effort.empty()) {
    if (is_openrouter) {
      body["reasoning"] = {{"effort", request.reasoning_effort}};
    } else {
      body["reasoning_effort"] = request.reasoning_effort;
    }
  }
  if (!request.response_schema.is_null()) {
    body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema", {{"name", "reply"}, {"strict", true}, {"schema", request.response_schema}}}};
  }
  if (is_openrouter && !request.provider.is_null()) body["provider"] = request.provider;
  if (is_openrouter) body["usage"] = {{"include", true}};
  if (request.stream) body["stream_options"] = {{"include_usage", true}};
  return body;
}

}  // namespace

std::string_view dialect_name(ChatDialect dialect) { return kDialects[static_cast<std::size_t>(dialect)]; }

std::optional<ChatDialect> dialect_of_name(std::string_view name) {
  const auto at = std::find(kDialects.begin(), kDialects.end(), name);
  if (at == kDialects.end()) return std::nullopt;
  return static_cast<ChatDialect>(at - kDialects.begin());
}

std::string_view chat_path(ChatDialect dialect) {
  return dialect == ChatDialect::ollama ? "/api/chat" : "/chat/completions";
}

Json chat_body(const ChatRequest& request, ChatDialect dialect) {
  Json body = {{"model", request.model}, {"messages", Json::array()}, {"stream", request.stream}};
  for (const ChatMessage& message : request.messages) body["messages"].push_back(message_body(message, dialect));
  if (!request.tools.is_null()) body["tools"] = request.tools;
  return dialect == ChatDialect::ollama ? ollama_body(request, std::move(body))
                                        : openai_body(request, dialect, std::move(body));
}

}  // namespace rigwise
