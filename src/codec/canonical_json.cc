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

/// Whether a text stands in JSON as it is, and sorts by bytes as it does by UTF-16 units.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

void append_text(std::string& out, std::string_view text) {
  if (is_plain(text)) {  // nearly all are, and there are millions in the results of a large run
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  // nlohmann escapes what JCS escapes, in the same way: \" \\ \b \f \n \r \t and \u00xx in lower case.
  out += Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

using Entry = std::pair<const std::string*, const Json*>;

std::vector<Entry> sorted_entries(const Json& object) {
  std::vector<Entry> entries;
  entries.reserve(object.size());
  bool are_plain = true;
  for (auto at = object.begin(); at != object.end(); ++at) {
    entries.emplace_back(&at.key(), &at.value());
    are_plain = are_plain && is_plain(at.key());
  }
  std::sort(entries.begin(), entries.end(), [are_plain](const Entry& a, const Entry& b) {
    return are_plain ? *a.first < *b.first : utf16(*a.first) < utf16(*b.first);
  });
  return entries;
}

void append_value(std::string& out, const Json& value) {
  if (value.is_object()) {
    out += '{';
    for (const auto& [key, entry] : sorted_entries(value)) {
      if (out.back() != '{') out += ',';
      append_text(out, *key);
      out += ':';
      append_value(out, *entry);
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
