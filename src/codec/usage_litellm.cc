#include <array>

#include "codec/usage_fields.h"
#include "codec/usage_formats.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// Kinds of calls that write no text.
constexpr auto kNoChat = std::to_array<std::string_view>(
    {"embedding", "image", "speech", "transcription", "rerank", "moderation", "health", "file", "batch"});

bool is_chat(const std::string& call_type) {
  const std::string folded = lower(call_type);
  for (const std::string_view word : kNoChat) {
    if (folded.find(word) != std::string::npos) return false;
  }
  return true;
}

/// An object, or one that a column holds as text.
Json object_of(const Json& record, std::string_view key) {
  const Json* value = member_of(record, key);
  if (value == nullptr) return {};
  if (!value->is_string()) return *value;
  Result<Json> parsed = parse_json(value->get_ref<const std::string&>());
  return parsed ? *std::move(parsed) : Json();
}

void read_cached(const Json& record, UsedRequest& request) {
  const Json metadata = object_of(record, "metadata");
  for (const char* name : {"usage_object", "additional_usage_values"}) {
    const Json* usage = object_in(metadata, name);
    if (usage == nullptr) continue;
    CountFields counts(*usage);
    request.cached_tokens = counts.at("cache_read_input_tokens");
    request.cache_write_tokens = counts.at("cache_creation_input_tokens");
    if (const Json* details = object_in(*usage, "prompt_tokens_details");
        details != nullptr && !request.cached_tokens) {
      CountFields of_details(*details);
      request.cached_tokens = of_details.at("cached_tokens");
    }
    if (request.cached_tokens) return;
  }
}

std::optional<std::uint64_t> count_at(const Json& record, std::string_view key, std::string& fault) {
  const Json* value = member_of(record, key);
  if (value != nullptr && value->is_string()) {  // a row that was a CSV's
    const std::string& text = value->get_ref<const std::string&>();
    const auto count = count_of_text(text);
    if (!count && !trim(text).empty()) fault = key;
    return count;
  }
  CountFields counts(record);
  const auto count = counts.at(key);
  if (!counts.fault().empty()) fault = counts.fault();
  return count;
}

}  // namespace

UsageFormat read_litellm(const Json& record, std::uint64_t line, UsageSink& sink) {
  const bool is_row = member_of(record, "startTime") != nullptr &&
                      (member_of(record, "call_type") != nullptr || member_of(record, "spend") != nullptr);
  if (!is_row) {
    const Json* data = member_of(record, "data");
    if (data == nullptr || !data->is_array() || data->empty()) return UsageFormat::unknown;
    UsageFormat format = UsageFormat::unknown;
    for (const Json& row : *data) {
      if (row.is_object() && member_of(row, "data") == nullptr &&
          read_litellm(row, line, sink) == UsageFormat::litellm) {
        format = UsageFormat::litellm;
      }
    }
    return format;
  }
  if (!is_chat(text_in(record, "call_type"))) return UsageFormat::litellm;
  UsedRequest request;
  std::string fault;
  request.input_tokens = count_at(record, "prompt_tokens", fault);
  request.output_tokens = count_at(record, "completion_tokens", fault);
  if (!fault.empty()) {
    sink.take_fault(line, "\"" + fault + "\" is no count of tokens");
    return UsageFormat::litellm;
  }
  read_cached(record, request);
  request.model = text_in(record, "model");
  request.key = text_in(record, "request_id");
  if (const Json* start = member_of(record, "startTime")) {
    // LiteLLM writes UTC, and often leaves the zone away.
    if (const auto moment =
            start->is_string() ? moment_of_text(start->get_ref<const std::string&>()) : moment_of(*start)) {
      request.time_s = moment->time_s;
    } else {
      sink.take_fault(line, "\"startTime\" is no date: the tokens count, the day does not");
    }
  }
  if (const std::string text = last_user_text(object_of(record, "messages")); !text.empty()) {
    UsedPrompt prompt;
    request.conversation = request.key.empty() ? "litellm line " + std::to_string(line) : request.key;
    prompt.time_s = request.time_s;
    prompt.key = request.key;
    prompt.conversation = request.conversation;
    prompt.text = text;
    sink.take_prompt(prompt);
  }
  sink.take_request(request);
  return UsageFormat::litellm;
}

}  // namespace rigwise
