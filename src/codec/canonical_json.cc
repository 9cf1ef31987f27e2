#include "codec/canonical_json.h"

#include <algorithm>
#include <vector>

#include "codec/sha256.h"
#include "core/base/text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

/// UTF-16 code units of a key; beyond the basic plane they sort before U+E000, unlike code points and bytes.
std::u16string utf16(std::string_view text) {
  std::u16string units;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_at(text, at);
    at = step.next;
    if (step.point < 0x10000) {
      units += static_cast<char16_t>(step.point);
    } else {
      units += static_cast<char16_t>(0xD800 + ((step.point - 0x10000) >> 10));
      units += static_cast<char16_t>(0xDC00 + ((step.point - 0x10000) & 0x3FF));
    }
  }
  return units;
}

void append_text(std::string& out, std::string_view text) {
  // nlohmann escapes what JCS escapes, in the same way: \" \\ \b \f \n \r \t and \u00xx in lower case.
  out += Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append_value(std::string& out, const Json& value) {
  if (value.is_object()) {
    std::vector<std::pair<std::u16string, const std::string*>> keys;
    keys.reserve(value.size());
    for (auto at = value.begin(); at != value.end(); ++at) keys.emplace_back(utf16(at.key()), &at.key());
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    out += '{';
    for (const auto& [units, key] : keys) {
      if (out.back() != '{') out += ',';
      append_text(out, *key);
      out += ':';
      append_value(out, value[*key]);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool is_first = true;
    for (const Json& item : value) {
      if (!is_first) out += ',';
      is_first = false;
      append_value(out, item);
    }
    out += ']';
  } else if (value.is_string()) {
    append_text(out, value.get_ref<const std::string&>());
  } else if (value.is_number()) {
    out += shortest(value.get<double>());
  } else {
    out += value.dump();
  }
}

}  // namespace

std::string canonical_json(const Json& value) {
  std::string out;
  append_value(out, value);
  return out;
}

std::string content_key(const Json& value) { return sha256_hex(canonical_json(value)); }

}  // namespace rigwise
