#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rigwise {

/// What prompts are made of. Repeated filler and random tokens both mislead: speculative decoding guesses the first
/// almost always and the second almost never.
enum class PromptProfile { chat, code };

/// Words of made-up prose (or code) in sentences, the space or line end before each word included, so that any number
/// of them from the start is a text. The same seed gives the same words; different seeds share no beginning.
/// Words are common ones, which most vocabularies have as one token each.
std::vector<std::string> prompt_words(PromptProfile profile, std::uint64_t seed, std::size_t count);

/// Eight words that stand for a number and for nothing else: at the start of a prompt they keep any cache of prefixes
/// from knowing it.
std::string nonce_words(std::uint64_t number);

}  // namespace rigwise
