#include <vector>

#include "codec/usage_fields.h"
#include "codec/usage_formats.h"

namespace rigwise {
namespace {

/// Where a log may keep a request or an answer: at the top, or under these names.
std::vector<const Json*> places_of(const Json& record, std::initializer_list<std::string_view> names) {
  std::vector<const Json*> places = {&record};
  for (const std::string_view name : names) {
    const Json* inner = object_in(record, name);
    if (inner == nullptr) continue;
    places.push_back(inner);
    if (const Json* body = object_in(*inner, "body")) places.push_back(body);
  }
  return places;
}

bool is_ollama_answer(const Json& place) {
  return member_of(place, "prompt_eval_count") != nullptr || member_of(place, "eval_count") != nullptr;
}

/// Tokens as one of the known interfaces counts them. Anthropic's input leaves the cache out, OpenAI's has it in.
void read_tokens(CountFields& counts, const Json& usage, UsedRequest& request) {
  request.output_tokens = counts.any({"completion_tokens", "output_tokens", "eval_count"});
  request.input_tokens = counts.any({"prompt_tokens", "input_tokens", "prompt_eval_count"});
  const auto read = counts.at("cache_read_input_tokens");
  const auto write = counts.at("cache_creation_input_tokens");
  const bool leaves_cache_out = member_of(usage, "prompt_tokens") == nullptr && (read || write);
  request.cached_tokens = read ? read : counts.at("prompt_cache_hit_tokens");
  request.cache_write_tokens = write;
  if (leaves_cache_out) request.input_tokens = sum_of(sum_of(request.input_tokens, read), write);
  for (const char* details : {"prompt_tokens_details", "input_tokens_details"}) {
    const Json* inner = object_in(usage, details);
    if (inner == nullptr || request.cached_tokens) continue;
    CountFields of_inner(*inner);
    request.cached_tokens = of_inner.at("cached_tokens");
  }
}

std::string prompt_of(const std::vector<const Json*>& places) {
  for (const Json* place : places) {
    for (const char* key : {"messages", "input", "prompt"}) {
      const Json* asked = member_of(*place, key);
      if (asked != nullptr && (asked->is_array() || asked->is_string())) return last_user_text(*asked);
    }
  }
  return {};
}

void set_moment(const std::vector<const Json*>& places, UsedRequest& request) {
  for (const Json* place : places) {
    const auto moment =
        moment_in(*place, {"created", "created_at", "timestamp", "ts", "time", "start_time", "startTime", "date"});
    if (!moment) continue;
    request.time_s = moment->time_s;
    request.is_local_time = moment->is_local;
    return;
  }
}

}  // namespace

UsageFormat read_chat_request(const Json& record, std::uint64_t line, UsageSink& sink) {
  const std::vector<const Json*> answers = places_of(record, {"response", "body", "output", "result"});
  const std::vector<const Json*> questions = places_of(record, {"request", "body", "input"});
  const Json *answer = nullptr, *usage = nullptr;
  for (const Json* place : answers) {
    usage = is_ollama_answer(*place) ? place : object_in(*place, "usage");
    answer = place;
    if (usage != nullptr) break;
  }
  if (usage == nullptr) {
    const bool is_request = !prompt_of(questions).empty() && member_of(record, "model") != nullptr;
    return is_request ? UsageFormat::chat_requests : UsageFormat::unknown;
  }
  UsedRequest request;
  CountFields counts(*usage);
  read_tokens(counts, *usage, request);
  if (!counts.fault().empty()) {
    sink.take_fault(line, "\"" + counts.fault() + "\" is no count of tokens");
    return UsageFormat::chat_requests;
  }
  request.model = text_in(*answer, "model");
  for (const Json* place : questions) {
    if (request.model.empty()) request.model = text_in(*place, "model");
  }
  set_moment({answer, &record}, request);
  // Programs number their requests from 1 in every file: the name alone is not enough.
  if (const std::string id = text_in(*answer, "id"); !id.empty()) {
    request.key = id + "|" + std::to_string(request.time_s.value_or(0)) + "|" + request.model;
  }
  if (const std::string text = prompt_of(questions); !text.empty()) {
    UsedPrompt prompt;
    request.conversation = "line " + std::to_string(line) + "|" + request.key;
    prompt.time_s = request.time_s;
    prompt.is_local_time = request.is_local_time;
    prompt.key = request.key;
    prompt.conversation = request.conversation;
    prompt.text = text;
    sink.take_prompt(prompt);
  }
  sink.take_request(request);
  return UsageFormat::chat_requests;
}

}  // namespace rigwise
