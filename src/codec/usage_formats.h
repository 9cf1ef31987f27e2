#pragma once

#include <cstdint>
#include <string_view>

#include "codec/json_text.h"
#include "core/usage/used_request.h"

namespace rigwise {

/// Whose record it is.
enum class UsageFormat {
  unknown,
  claude_code,
  chat_requests,  ///< requests and answers of chat endpoints, one an object
  usage_buckets,  ///< sums over times, as the usage interfaces of OpenAI and Anthropic answer
  litellm,
  open_webui,
  usage_csv,
  ollama_log,
  llama_server_log
};
const char* usage_format_name(UsageFormat format);

/// Readers of one record each. They take what they know from the record and report what they cannot use at `line`;
/// `unknown` where the record is none of theirs.

/// A line of ~/.claude/projects. A message is written several times while it grows; its id is the key of all.
UsageFormat read_claude_code(const Json& record, std::uint64_t line, UsageSink& sink);
/// An answer of a chat endpoint that bears its usage, with the request beside it where the log has both.
UsageFormat read_chat_request(const Json& record, std::uint64_t line, UsageSink& sink);
/// A bucket, or a page of them.
UsageFormat read_usage_buckets(const Json& record, std::uint64_t line, UsageSink& sink);
/// A row of LiteLLM's spend logs.
UsageFormat read_litellm(const Json& record, std::uint64_t line, UsageSink& sink);
/// A chat of Open WebUI, as its export or its database has it.
UsageFormat read_open_webui(const Json& record, std::uint64_t line, UsageSink& sink);
/// Whichever knows it.
UsageFormat read_usage_record(const Json& record, std::uint64_t line, UsageSink& sink);

}  // namespace rigwise
