#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "codec/chat.h"

namespace rigwise {

/// What a million tokens cost, in nano-units (1e-9) of the currency. Money is whole numbers from here to the report.
struct TokenPrice {
  std::int64_t prompt_nano = 0, completion_nano = 0;
  std::optional<std::int64_t> cached_nano;  ///< of prompt tokens that the provider had already; absent: as the others
};

/// USD per million tokens, as price lists have it. Takes 0 <= usd <= 1e6.
std::int64_t nano_of_usd(double usd);
double usd_of_nano(std::int64_t nano);

/// Rounded up to a whole nano-unit.
std::int64_t tokens_cost_nano(std::int64_t tokens, std::int64_t nano_per_million);

/// From counts, where the provider names no cost of its own; nothing when it does not count either.
std::optional<std::int64_t> usage_cost_nano(const ChatUsage& usage, const TokenPrice& price);

/// More tokens than a text will have: two of five bytes.
/// Holds  for prose of European languages and code with the usual tokenizers (3 to 4.5 bytes a token).
std::int64_t most_tokens_of(std::string_view text);

/// More tokens than the messages will have: texts, six for each message's frame, 1,600 a picture, tools as JSON.
std::int64_t most_prompt_tokens(const ChatRequest& request);

/// The most that one request can cost.
std::int64_t most_cost_nano(std::int64_t prompt_tokens, std::int64_t output_tokens, const TokenPrice& price);

}  // namespace rigwise
