#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rigwise {

/// One request that a log tells of, or several of a bucket of time that only knows their sum. What a log does not say
/// is absent, never 0.
struct UsedRequest {
  std::optional<std::int64_t> time_s;               ///< since 1970, UTC; a bucket's beginning
  bool is_local_time = false;                       ///< the log names no zone: the time is that of the offset asked for
  std::int64_t width_s = 0;                         ///< of a bucket; 0: a moment
  std::string model;                                ///< as the log writes it; empty: not said
  std::optional<std::uint64_t> input_tokens;        ///< of the whole prompt, with what came from a cache
  std::optional<std::uint64_t> cached_tokens;       ///< of those, read from a cache
  std::optional<std::uint64_t> cache_write_tokens;  ///< of those, written to a cache
  std::optional<std::uint64_t> output_tokens;       ///< of the answer, with what it thought
  std::uint64_t requests = 1;
  std::string key;            ///< what a copy of the same request carries too; empty: it has no name
  std::string conversation;   ///< whose last prompt it answers; empty: none is known
  bool is_sidechain = false;  ///< asked by an agent of an agent
};

/// What a person wrote.
struct UsedPrompt {
  std::optional<std::int64_t> time_s;
  bool is_local_time = false;
  std::string key;  ///< as above
  std::string conversation;
  std::string_view text;
};

/// Where the readers of logs put what they find. A reader goes on after a fault.
class UsageSink {
 public:
  virtual ~UsageSink() = default;
  virtual void take_request(const UsedRequest& request) = 0;
  virtual void take_prompt(const UsedPrompt& prompt) = 0;
  /// What is wrong with the record that begins on a line; never a word of the record itself.
  virtual void take_fault(std::uint64_t line, std::string message) = 0;
};

}  // namespace rigwise
