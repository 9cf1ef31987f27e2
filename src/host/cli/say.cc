#include "host/cli/say.h"

#include "core/base/text.h"

namespace rigwise {

std::string say_number(const Json& value, int digits) {
  return value.is_number() ? significant(value.get<double>(), digits) : "-";
}

std::string say_estimate(const Json& estimate) {
  if (!estimate.is_object() || !estimate.contains("value")) return "-";
  return say_number(estimate["value"]) + " (" + say_number(estimate["low"], 2) + "-" + say_number(estimate["high"], 2) +
         ")";
}

std::string say_gb(const Json& bytes) {
  return bytes.is_number() ? significant(bytes.get<double>() / 1e9, 3) + " GB" : "-";
}

std::string say_seconds(double seconds) {
  if (seconds < 1) return significant(seconds * 1e3, 2) + " ms";
  if (seconds < 120) return significant(seconds, 2) + " s";
  return significant(seconds / 60, 2) + " min";
}

std::string say_count(double count) {
  std::string digits = fixed(count, 0);
  const int first = digits.starts_with('-') ? 1 : 0;
  for (int at = static_cast<int>(digits.size()) - 3; at > first; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace rigwise
