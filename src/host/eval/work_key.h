#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/chat.h"

namespace rigwise {

/// Rules by which questions are put and answers read; a change of them is a new version, and old answers stay with the
/// old one.
inline constexpr std::int64_t kProtocolVersion = 1;

/// The messages of a question as the work key sees them, by one hash. Computed once for all models and samples.
std::string messages_hash(const std::vector<ChatMessage>& messages);

/// What a model is told about how to answer, in one spelling.
std::string sampling_text(const ChatRequest& request);

/// The name of an answer that is wanted: SHA-256 of the canonical JSON of everything that can change it. In it are the
/// protocol, the task's revision, the messages (system prompt and pictures included), the model, the sampling
/// (temperature, top_p, top_k, seed, most tokens, stop, reasoning effort), the response's schema, the tools and the
/// sample. Not in it: addresses and keys, concurrency, times, retries, the run, weights of scores.
struct WorkIdentity {
  std::string task_rev, model_ref;
  std::string messages;  ///< messages_hash()
  std::int64_t sample_no = 0;
  std::int64_t protocol = kProtocolVersion;
};
std::string work_key(const WorkIdentity& identity, const ChatRequest& request);

}  // namespace rigwise
