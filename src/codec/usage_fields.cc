#include "codec/usage_fields.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMostTokens = 1e12;
/// Seconds since 1970 of the year 2200; what is larger counts in smaller units.
constexpr double kMostSeconds = 7.26e9;

}  // namespace

const Json* member_of(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const Json* object_in(const Json& object, std::string_view key) {
  const Json* found = member_of(object, key);
  return found != nullptr && found->is_object() ? found : nullptr;
}

std::string text_in(const Json& object, std::string_view key) {
  const Json* found = member_of(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_true(const Json& object, std::string_view key) {
  const Json* found = member_of(object, key);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::optional<std::uint64_t> CountFields::at(std::string_view key) {
  const Json* value = member_of(*object_, key);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->get<double>() : -1;
  if (number < 0 || number > kMostTokens || number != std::floor(number)) {
    if (fault_.empty()) fault_ = key;
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number);
}

std::optional<std::uint64_t> CountFields::any(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (const auto count = at(key)) return count;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> count_of_text(std::string_view text) {
  const Result<double> number = parse_number(trim(text));
  if (!number || *number < 0 || *number > kMostTokens || *number != std::floor(*number)) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<LogTime> moment_of_text(std::string_view text) {
  text = trim(text);
  if (const std::optional<LogTime> time = log_time_at(text)) return time;
  const Result<double> number = parse_number(text);
  if (!number) return std::nullopt;
  return moment_of(Json(*number));
}

std::optional<LogTime> moment_of(const Json& value) {
  if (value.is_string()) return log_time_at(trim(value.get_ref<const std::string&>()));
  if (!value.is_number()) return std::nullopt;
  double seconds = value.get<double>();
  constexpr double kThousand = 1e3, kLeast = 1e6;  // a small number is no moment but a duration
  for (int i = 0; i < 3 && seconds > kMostSeconds; ++i) seconds /= kThousand;
  if (!(seconds >= kLeast && seconds <= kMostSeconds)) return std::nullopt;
  return LogTime{static_cast<std::int64_t>(seconds), false, 0};
}

std::optional<LogTime> moment_in(const Json& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const Json* value = member_of(object, key);
    if (value == nullptr) continue;
    if (const auto moment = moment_of(*value)) return moment;
  }
  return std::nullopt;
}

std::string words_of_message(const Json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (!content.is_array()) return text;
  for (const Json& part : content) {
    const std::string type = text_in(part, "type");
    if (type != "text" && type != "input_text") continue;
    if (!text.empty()) text += '\n';
    text += text_in(part, "text");
  }
  return text;
}

std::string last_user_text(const Json& messages) {
  if (messages.is_string()) return messages.get<std::string>();
  if (!messages.is_array() || messages.empty()) return {};
  const Json& last = messages.back();
  const Json* content = member_of(last, "content");
  return text_in(last, "role") == "user" && content != nullptr ? words_of_message(*content) : std::string();
}

}  // namespace rigwise
