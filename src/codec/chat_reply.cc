#include "codec/chat_reply.h"

#include <array>
#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::size_t kLongestBody = std::size_t{64} << 20;

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* value = member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// Counts that servers give; what is negative or no whole number is not known.
std::optional<std::int64_t> count_of(const Json& object, std::string_view key) {
  const Json* value = member(object, key);
  constexpr double kMost = 1e15;
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const double number = value->get<double>();
  if (number < 0 || number > kMost || std::floor(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<double> nanoseconds_of(const Json& object, std::string_view key) {
  const auto count = count_of(object, key);
  if (!count) return std::nullopt;
  return static_cast<double>(*count) * 1e-9;
}

/// A content is a text, or a list of parts that have texts.
std::string content_of(const Json* content) {
  if (content == nullptr) return {};
  if (content->is_string()) return content->get<std::string>();
  std::string text;
  if (!content->is_array()) return text;
  for (const Json& part : *content) text += text_of(part, "text");
  return text;
}

ChatFinish finish_of(std::string_view said) {
  if (said == "stop" || said == "end_turn" || said == "eos" || said == "stop_sequence") return ChatFinish::stop;
  if (said == "length" || said == "max_tokens") return ChatFinish::length;
  if (said == "content_filter" || said == "safety") return ChatFinish::content_filter;
  if (said == "tool_calls" || said == "function_call") return ChatFinish::tool_calls;
  if (said == "refusal") return ChatFinish::refused;
  return ChatFinish::unknown;
}

}  // namespace

ChatReplyReader::ChatReplyReader(ChatDialect dialect, int status, std::string_view content_type)
    : dialect_(dialect), status_(status), is_events_(lower(content_type).starts_with("text/event-stream")) {}

void ChatReplyReader::add(std::string_view bytes, std::int64_t at_ns) {
  last_ns_ = at_ns;
  if (over_) return;
  // A body that begins like an event stream is one, whatever its type says.
  if (!is_events_ && whole_.empty() && (bytes.starts_with("data:") || bytes.starts_with(": "))) is_events_ = true;
  if (is_events_ && status_ == 200) {
    for (const StreamEvent& event : events_.add(bytes)) take_json_text(event.data, at_ns);
    spoilt_ = spoilt_ || events_.spoilt();
    return;
  }
  spoilt_ = spoilt_ || whole_.size() + bytes.size() > kLongestBody;
  if (spoilt_) return;
  if (dialect_ == ChatDialect::ollama && status_ == 200) {
    whole_ = "seen";
    lines_.add(bytes, [&](std::string_view line) { take_json_text(line, at_ns); });
    spoilt_ = spoilt_ || lines_.spoilt();
    return;
  }
  whole_ += bytes;
}

void ChatReplyReader::take_json_text(std::string_view text, std::int64_t at_ns) {
  text = trim(text);
  if (over_ || text.empty()) return;
  if (text == "[DONE]") {
    over_ = true;
    return;
  }
  const Result<Json> json = parse_json(text);
  if (!json) return fail_with({ChatFault::malformed, "an event that is no JSON: " + json.error().message, {}});
  take_object(*json, at_ns);
}

void ChatReplyReader::take_object(const Json& object, std::int64_t at_ns) {
  if (!object.is_object()) return fail_with({ChatFault::malformed, "JSON, but no object", {}});
  if (const Json* error = member(object, "error"); error != nullptr) {
    if (answer_.generation_id.empty()) answer_.generation_id = text_of(object, "id");
    return fail_with(error_of_body(status_, object.dump()));
  }
  if (dialect_ == ChatDialect::ollama) return take_ollama(object, at_ns);
  if (answer_.generation_id.empty()) answer_.generation_id = text_of(object, "id");
  if (answer_.model_served.empty()) answer_.model_served = text_of(object, "model");
  if (answer_.provider.empty()) answer_.provider = text_of(object, "provider");
  if (const Json* usage = member(object, "usage"); usage != nullptr) take_usage(*usage);
  const Json* choices = member(object, "choices");
  if (choices == nullptr || !choices->is_array()) return;
  for (const Json& choice : *choices) {
    const auto index = count_of(choice, "index");
    if (!index || *index == 0) take_choice(choice, at_ns);
  }
}

void ChatReplyReader::take_choice(const Json& choice, std::int64_t at_ns) {
  saw_choice_ = true;
  for (const char* key : {"delta", "message"}) {
    if (const Json* message = member(choice, key); message != nullptr) take_text(*message, at_ns);
  }
  if (const Json* error = member(choice, "error"); error != nullptr) {
    return fail_with(error_of_body(status_, choice.dump()));
  }
  const std::string said = text_of(choice, "finish_reason");
  if (said.empty() || finished_) return;
  finished_ = true;
  answer_.finish_said = said;
  if (said == "error") return fail_with({ChatFault::server_error, "the answer ended in an error", {}});
  if (answer_.finish != ChatFinish::refused) answer_.finish = finish_of(said);
}

void ChatReplyReader::take_text(const Json& message, std::int64_t at_ns) {
  const std::string text = content_of(member(message, "content"));
  std::string thought = text_of(message, "reasoning_content");
  if (thought.empty()) thought = text_of(message, "reasoning");
  if (thought.empty()) thought = text_of(message, "thinking");
  const std::string refusal = text_of(message, "refusal");
  if (!refusal.empty()) answer_.finish = ChatFinish::refused;
  if ((!text.empty() || !thought.empty() || !refusal.empty()) && !answer_.first_token_ns)
    answer_.first_token_ns = at_ns;
  answer_.text += text;
  answer_.text += refusal;
  answer_.reasoning += thought;
  if (const Json* calls = member(message, "tool_calls"); calls != nullptr && calls->is_array()) {
    if (!answer_.first_token_ns) answer_.first_token_ns = at_ns;
    take_tool_calls(*calls);
  }
}

/// Calls come whole, or their arguments come in pieces under an index.
void ChatReplyReader::take_tool_calls(const Json& calls) {
  constexpr std::int64_t kMost = 1000;
  if (answer_.tool_calls.is_null()) answer_.tool_calls = Json::array();
  for (const Json& call : calls) {
    const auto index = count_of(call, "index");
    const std::size_t at = index && *index < kMost ? static_cast<std::size_t>(*index) : answer_.tool_calls.size();
    if (!call.is_object() || (index && *index >= kMost)) continue;
    while (answer_.tool_calls.size() <= at) {
      answer_.tool_calls.push_back({{"id", ""}, {"type", "function"}, {"function", {{"name", ""}, {"arguments", ""}}}});
    }
    Json& known = answer_.tool_calls[at];
    if (const std::string id = text_of(call, "id"); !id.empty()) known["id"] = id;
    const Json* function = member(call, "function");
    if (function == nullptr) continue;
    if (const std::string name = text_of(*function, "name"); !name.empty()) known["function"]["name"] = name;
    const Json* arguments = member(*function, "arguments");
    if (arguments == nullptr) continue;
    const std::string piece = arguments->is_string() ? arguments->get<std::string>() : arguments->dump();
    known["function"]["arguments"] = known["function"]["arguments"].get<std::string>() + piece;
  }
}

void ChatReplyReader::take_usage(const Json& usage) {
  ChatUsage& known = answer_.usage;
  const auto take = [](std::optional<std::int64_t>& into, std::optional<std::int64_t> value) {
    if (value) into = value;
  };
  take(known.prompt, count_of(usage, "prompt_tokens"));
  take(known.completion, count_of(usage, "completion_tokens"));
  if (const Json* details = member(usage, "prompt_tokens_details"); details != nullptr) {
    take(known.cached, count_of(*details, "cached_tokens"));
  }
  if (const Json* details = member(usage, "completion_tokens_details"); details != nullptr) {
    take(known.reasoning, count_of(*details, "reasoning_tokens"));
  }
  if (const Json* cost = member(usage, "cost"); cost != nullptr) answer_.cost_nano = nano_of(*cost);
  if (const Json* details = member(usage, "cost_details"); details != nullptr) {
    if (const Json* cost = member(*details, "upstream_inference_cost"); cost != nullptr) {
      answer_.upstream_cost_nano = nano_of(*cost);
    }
  }
}

void ChatReplyReader::take_ollama(const Json& object, std::int64_t at_ns) {
  if (answer_.model_served.empty()) answer_.model_served = text_of(object, "model");
  if (const Json* message = member(object, "message"); message != nullptr) {
    saw_choice_ = true;
    take_text(*message, at_ns);
  }
  const Json* done = member(object, "done");
  if (done == nullptr || !done->is_boolean() || !done->get<bool>()) return;
  finished_ = over_ = true;
  answer_.finish_said = text_of(object, "done_reason");
  answer_.finish = answer_.finish_said.empty() ? ChatFinish::stop : finish_of(answer_.finish_said);
  if (answer_.finish == ChatFinish::stop && !answer_.tool_calls.is_null()) answer_.finish = ChatFinish::tool_calls;
  answer_.usage.prompt = count_of(object, "prompt_eval_count");
  answer_.usage.completion = count_of(object, "eval_count");
  answer_.timings.load_s = nanoseconds_of(object, "load_duration");
  answer_.timings.prefill_s = nanoseconds_of(object, "prompt_eval_duration");
  answer_.timings.decode_s = nanoseconds_of(object, "eval_duration");
}

void ChatReplyReader::fail_with(ChatError error) {
  if (!answer_.error) answer_.error = std::move(error);
  over_ = true;
}

ChatAnswer ChatReplyReader::finish(bool complete) {
  if (status_ != 200) {
    if (!answer_.error) answer_.error = error_of_body(status_, whole_);
    return std::move(answer_);
  }
  if (is_events_) {
    if (const auto last = events_.finish()) {
      // Half an event of a connection that went is no fault of the format.
      if (complete || parse_json(last->data) || trim(last->data) == "[DONE]") take_json_text(last->data, last_ns_);
    }
  } else if (dialect_ == ChatDialect::ollama) {
    if (complete || parse_json(lines_.rest())) take_json_text(lines_.rest(), last_ns_);
  } else if (complete || parse_json(whole_)) {
    if (trim(whole_).empty()) fail_with({ChatFault::malformed, "an empty body", {}});
    take_json_text(whole_, last_ns_);
  }
  if (answer_.error) return std::move(answer_);
  if (spoilt_) {
    fail_with({ChatFault::malformed, "a line or a body larger than we take", {}});
  } else if (!finished_ && !complete) {
    fail_with({ChatFault::server_error, "the connection ended before the answer did", {}});
  } else if (!saw_choice_) {
    fail_with({ChatFault::malformed, "a reply without choices", {}});
  } else if (!finished_) {
    fail_with({ChatFault::server_error, "the answer ended without a finish reason", {}});
  }
  return std::move(answer_);
}

std::optional<std::int64_t> nano_of(const Json& value) {
  constexpr double kMost = 1e9;
  if (!value.is_number()) return std::nullopt;
  const double units = value.get<double>();
  if (units < 0 || units > kMost) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(units * 1e9));
}

}  // namespace rigwise
