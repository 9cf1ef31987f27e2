#include "host/eval/token_cost.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr double kNano = 1e9;

}  // namespace

std::int64_t nano_of_usd(double usd) { return static_cast<std::int64_t>(std::llround(usd * kNano)); }
double usd_of_nano(std::int64_t nano) { return static_cast<double>(nano) / kNano; }

std::int64_t tokens_cost_nano(std::int64_t tokens, std::int64_t nano_per_million) {
  const std::int64_t millions = tokens / kMillion, rest = tokens % kMillion;
  return millions * nano_per_million + (rest * nano_per_million + kMillion - 1) / kMillion;
}

std::optional<std::int64_t> usage_cost_nano(const ChatUsage& usage, const TokenPrice& price) {
  if (!usage.prompt || !usage.completion) return std::nullopt;
  const std::int64_t cached = price.cached_nano ? std::min(usage.cached.value_or(0), *usage.prompt) : 0;
  return tokens_cost_nano(*usage.prompt - cached, price.prompt_nano) +
         tokens_cost_nano(cached, price.cached_nano.value_or(0)) +
         tokens_cost_nano(*usage.completion, price.completion_nano);
}

std::int64_t most_tokens_of(std::string_view text) { return (static_cast<std::int64_t>(text.size()) * 2 + 4) / 5; }

std::int64_t most_prompt_tokens(const ChatRequest& request) {
  constexpr std::int64_t kFrame = 6, kPicture = 1600;
  std::int64_t tokens = 0;
  for (const ChatMessage& message : request.messages) {
    tokens += kFrame + most_tokens_of(message.text) + kPicture * static_cast<std::int64_t>(message.images.size());
    if (!message.tool_calls.is_null()) tokens += most_tokens_of(message.tool_calls.dump());
  }
  if (!request.tools.is_null()) tokens += most_tokens_of(request.tools.dump());
  if (!request.response_schema.is_null()) tokens += most_tokens_of(request.response_schema.dump());
  return tokens;
}

std::int64_t most_cost_nano(std::int64_t prompt_tokens, std::int64_t output_tokens, const TokenPrice& price) {
  return tokens_cost_nano(prompt_tokens, price.prompt_nano) + tokens_cost_nano(output_tokens, price.completion_nano);
}

}  // namespace rigwise
