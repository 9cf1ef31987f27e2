#include <array>

#include "codec/usage_fields.h"
#include "codec/usage_formats.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// How texts begin that stand where a person writes, but that nobody wrote.
constexpr auto kNotWritten = std::to_array<std::string_view>(
    {"<command-name>", "<command-message>", "<command-args>", "<local-command-", "<bash-input>", "<bash-stdout>",
     "<bash-stderr>", "<user-memory-input>", "<task-notification>", "Caveat: The messages below were generated",
     "[Request interrupted by user", "This session is being continued from a previous conversation"});

/// Blocks that the program adds to what was written.
constexpr auto kAdded = std::to_array<std::string_view>({"system-reminder", "ide_opened_file", "ide_selection"});

std::string without_added(std::string text) {
  for (const std::string_view name : kAdded) {
    const std::string open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
      const std::size_t end = text.find(close, at);
      text.erase(at, end == std::string::npos ? end : end + close.size() - at);
    }
  }
  return std::string(trim(text));
}

bool has_tool_result(const Json& content) {
  if (!content.is_array()) return false;
  for (const Json& part : content) {
    if (text_in(part, "type") == "tool_result") return true;
  }
  return false;
}

/// What a person wrote; "" for results of tools, notes of the program, summaries and what an agent asks another.
std::string written_text(const Json& record) {
  for (const char* key : {"isMeta", "isSidechain", "isCompactSummary", "isVisibleInTranscriptOnly"}) {
    if (is_true(record, key)) return {};
  }
  const Json* message = object_in(record, "message");
  const Json* content = message == nullptr ? nullptr : member_of(*message, "content");
  if (content == nullptr || member_of(record, "toolUseResult") != nullptr || has_tool_result(*content)) return {};
  std::string text = without_added(words_of_message(*content));
  for (const std::string_view start : kNotWritten) {
    if (text.starts_with(start)) return {};
  }
  return text;
}

void take_answer(const Json& record, const Json& message, const Json& usage, std::uint64_t line, UsageSink& sink) {
  UsedRequest request;
  request.model = text_in(message, "model");
  if (request.model == "<synthetic>") return;  // a message of the program's own: nobody was asked
  CountFields counts(usage);
  const auto fresh = counts.at("input_tokens");
  request.cache_write_tokens = counts.at("cache_creation_input_tokens");
  request.cached_tokens = counts.at("cache_read_input_tokens");
  request.input_tokens = sum_of(sum_of(fresh, request.cache_write_tokens), request.cached_tokens);
  request.output_tokens = counts.at("output_tokens");
  if (!counts.fault().empty()) {
    sink.take_fault(line, "\"" + counts.fault() + "\" is no count of tokens");
    return;
  }
  for (const auto& [object, key] :
       {std::pair{&message, "id"}, std::pair{&record, "requestId"}, std::pair{&record, "uuid"}}) {
    request.key = text_in(*object, key);
    if (!request.key.empty()) break;
  }
  if (const auto moment = moment_in(record, {"timestamp"})) {
    request.time_s = moment->time_s;
    request.is_local_time = moment->is_local;
  } else if (member_of(record, "timestamp") != nullptr) {
    sink.take_fault(line, "\"timestamp\" is no date: the tokens count, the day does not");
  }
  request.conversation = text_in(record, "sessionId");
  request.is_sidechain = is_true(record, "isSidechain");
  sink.take_request(request);
}

}  // namespace

UsageFormat read_claude_code(const Json& record, std::uint64_t line, UsageSink& sink) {
  const std::string type = text_in(record, "type");
  const bool is_of_session = member_of(record, "sessionId") != nullptr || member_of(record, "leafUuid") != nullptr ||
                             member_of(record, "uuid") != nullptr || member_of(record, "messageId") != nullptr;
  if (type.empty() || !is_of_session) return UsageFormat::unknown;
  const Json* message = object_in(record, "message");
  if (type == "assistant") {
    const Json* usage = message == nullptr ? nullptr : object_in(*message, "usage");
    if (usage != nullptr)
      take_answer(record, *message, *usage, line, sink);
    else
      sink.take_fault(line, "an answer without its \"usage\"; passed over");
    return UsageFormat::claude_code;
  }
  if (message == nullptr) return UsageFormat::claude_code;  // summaries, snapshots, notes of the program
  if (type == "user") {
    const std::string text = written_text(record);
    if (text.empty()) return UsageFormat::claude_code;
    UsedPrompt prompt;
    const std::string time = text_in(record, "timestamp");
    if (const auto moment = log_time_at(time)) {
      prompt.time_s = moment->time_s;
      prompt.is_local_time = moment->is_local;
    }
    // A session that is taken up again is copied with other names, but its texts keep their moments.
    prompt.key = time.empty() ? text_in(record, "uuid") : time + "|" + text;
    prompt.conversation = text_in(record, "sessionId");
    prompt.text = text;
    sink.take_prompt(prompt);
  }
  return UsageFormat::claude_code;
}

}  // namespace rigwise
