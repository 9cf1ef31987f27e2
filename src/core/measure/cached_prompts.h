#pragma once

namespace rigwise {

/// Whether a server's cache held more of the prompts than their common beginning: their times are not those of prompts
/// of their length.
///
/// Takes  the share of the prompts' tokens that came from the cache, and the prompts' mean length in tokens.
/// Holds  for 1 % and more, and more than 8 tokens, which a chat template may be: every prompt begins with it.
constexpr bool are_prompts_cached(double cached_share, double mean_prompt_tokens) {
  return cached_share >= 0.01 && cached_share * mean_prompt_tokens > 8;
}

}  // namespace rigwise
