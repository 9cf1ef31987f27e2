#include "codec/usage_fields.h"
#include "codec/usage_formats.h"

namespace rigwise {
namespace {

/// Tokens of an answer: under "usage" in later versions, under "info" in earlier ones, with OpenAI's names or Ollama's.
void read_tokens(const Json& message, UsedRequest& request) {
  for (const char* place : {"usage", "info"}) {
    const Json* usage = object_in(message, place);
    if (usage == nullptr) continue;
    CountFields counts(*usage);
    request.input_tokens = counts.any({"prompt_tokens", "input_tokens", "prompt_eval_count"});
    request.output_tokens = counts.any({"completion_tokens", "output_tokens", "eval_count"});
    if (const Json* details = object_in(*usage, "prompt_tokens_details")) {
      CountFields of_details(*details);
      request.cached_tokens = of_details.at("cached_tokens");
    }
    if (request.input_tokens || request.output_tokens) return;
  }
}

const Json* message_called(const Json& messages, const std::string& id) {
  return id.empty() ? nullptr : object_in(messages, id);
}

void take_answer(const std::string& chat, const std::string& id, const Json& message, const Json& messages,
                 UsageSink& sink) {
  UsedRequest request;
  read_tokens(message, request);
  const Json* content = member_of(message, "content");
  const bool has_text = content != nullptr && !words_of_message(*content).empty();
  if (!has_text && !request.output_tokens) return;  // stopped before a word came
  request.model = text_in(message, "model");
  request.key = "open-webui|" + chat + "|" + id;
  const std::string parent_id = text_in(message, "parentId");
  const Json* parent = message_called(messages, parent_id);
  auto moment = moment_in(message, {"timestamp"});
  if (!moment && parent != nullptr) moment = moment_in(*parent, {"timestamp"});
  if (moment) request.time_s = moment->time_s;
  if (const Json* asked = parent == nullptr ? nullptr : member_of(*parent, "content")) {
    const std::string text = words_of_message(*asked);
    if (!text.empty() && text_in(*parent, "role") == "user") {
      UsedPrompt prompt;
      request.conversation = "open-webui|" + chat + "|" + parent_id;
      prompt.time_s = request.time_s;
      prompt.key = request.conversation;  // of several answers to one prompt it is one
      prompt.conversation = request.conversation;
      prompt.text = text;
      sink.take_prompt(prompt);
    }
  }
  sink.take_request(request);
}

}  // namespace

UsageFormat read_open_webui(const Json& record, std::uint64_t line, UsageSink& sink) {
  const Json* chat = object_in(record, "chat");
  const Json* history = object_in(chat == nullptr ? record : *chat, "history");
  const Json* messages = history == nullptr ? nullptr : object_in(*history, "messages");
  if (messages == nullptr) return UsageFormat::unknown;
  std::string name = text_in(record, "id");
  if (name.empty()) name = "line " + std::to_string(line);
  for (const auto& item : messages->items()) {
    if (text_in(item.value(), "role") == "assistant") take_answer(name, item.key(), item.value(), *messages, sink);
  }
  return UsageFormat::open_webui;
}

}  // namespace rigwise
