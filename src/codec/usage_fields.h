#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/usage/log_time.h"

namespace rigwise {

/// Reading what logs of other programs may or may not hold: nothing here refuses, what is not there is absent.

/// The member of an object; null where it is none, or null itself.
const Json* member_of(const Json& object, std::string_view key);
/// The same, an object or nothing.
const Json* object_in(const Json& object, std::string_view key);
/// A text, or "".
std::string text_in(const Json& object, std::string_view key);
bool is_true(const Json& object, std::string_view key);

/// Reads counts of tokens, and remembers the key of one that is none: a text, a fraction, below 0, above 10^12.
class CountFields {
 public:
  explicit CountFields(const Json& object) : object_(&object) {}
  std::optional<std::uint64_t> at(std::string_view key);
  /// The first of several names that is there.
  std::optional<std::uint64_t> any(std::initializer_list<std::string_view> keys);
  const std::string& fault() const { return fault_; }

 private:
  const Json* object_;
  std::string fault_;
};

/// A count as a text writes it; nothing for what is none.
std::optional<std::uint64_t> count_of_text(std::string_view text);

/// A moment from a number (seconds, or thousandths, millionths of them) or from a text that begins with a date.
std::optional<LogTime> moment_of(const Json& value);
std::optional<LogTime> moment_of_text(std::string_view text);
/// The first of several names that holds a moment.
std::optional<LogTime> moment_in(const Json& object, std::initializer_list<std::string_view> keys);

/// What a message says: its text, or the texts of its parts.
std::string words_of_message(const Json& content);
/// What the last message asks, when a person wrote it; "" otherwise.
std::string last_user_text(const Json& messages);

inline std::optional<std::uint64_t> sum_of(std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
  if (!a) return b;
  return b ? *a + *b : *a;
}

}  // namespace rigwise
