#include <algorithm>

#include "codec/probe_answers.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kRemoved = "removed";

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Length of a run of hex groups of these lengths at `at`, or 0. The run must not go on before or behind.
std::size_t groups_at(std::string_view text, std::size_t at, std::initializer_list<std::size_t> lengths,
                      std::string_view separators) {
  std::size_t i = at, group = 0;
  if (at > 0 && (is_hex(text[at - 1]) || separators.find(text[at - 1]) != std::string_view::npos)) return 0;
  for (const std::size_t length : lengths) {
    if (group++ > 0) {
      if (i >= text.size() || separators.find(text[i]) == std::string_view::npos) return 0;
      ++i;
    }
    for (std::size_t k = 0; k < length; ++k, ++i) {
      if (i >= text.size() || !is_hex(text[i])) return 0;
    }
  }
  const bool goes_on = i < text.size() && (is_hex(text[i]) || separators.find(text[i]) != std::string_view::npos);
  return goes_on ? 0 : i - at;
}

std::size_t uuid_at(std::string_view text, std::size_t at) { return groups_at(text, at, {8, 4, 4, 4, 12}, "-"); }
std::size_t mac_at(std::string_view text, std::size_t at) { return groups_at(text, at, {2, 2, 2, 2, 2, 2}, ":-"); }

std::string without_addresses(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t length = is_hex(line[i]) ? std::max(uuid_at(line, i), mac_at(line, i)) : 0;
    if (length > 0) {
      text += kRemoved;
      i += length;
    } else {
      text += line[i++];
    }
  }
  return text;
}

bool is_private_key(std::string_view key) {
  std::string low = lower(key);
  std::replace(low.begin(), low.end(), '_', ' ');
  for (const char* word :
       {"serial",        "uuid",      "udid",        "asset tag", "assettag",    "hostname",       "host name",
        "computer name", "nodename",  "mac address", "user name", "username",    "owner",          "csname",
        "local host",    "unique id", "uniqueid",    "board id",  "hardware id", "gpu part number"}) {
    if (low.find(word) != std::string::npos) return true;
  }
  return low.find("dnshostname") != std::string::npos;
}

/// "<serial>132</serial>" -> "<serial>removed</serial>" for every private tag of the line.
std::string without_private_tags(std::string line) {
  for (std::size_t at = line.find('<'); at != std::string::npos; at = line.find('<', at + 1)) {
    const std::size_t end = line.find('>', at);
    const std::size_t close = end == std::string::npos ? end : line.find("</", end);
    if (close == std::string::npos) break;
    if (!is_private_key(line.substr(at + 1, end - at - 1))) continue;
    line.replace(end + 1, close - end - 1, kRemoved);
  }
  return line;
}

/// The value behind the first ':' or '=' of a line whose key is private, JSON's quotes and comma kept.
std::string without_private_value(std::string line) {
  const std::size_t at = line.find_first_of(":=");
  if (at == std::string::npos) return line;
  const bool is_json = line.find('"') < at;

  const std::string key(trim(std::string_view(line).substr(0, at)));
  if (!is_private_key(key)) return line;
  const bool has_comma = std::string_view(line).ends_with(',');
  return line.substr(0, at + 1) + (is_json ? " \"removed\"" : " removed") + (is_json && has_comma ? "," : "");
}

}  // namespace

std::string redact_probe_text(std::string_view text) {
  std::string out;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += '\n';
    out += without_private_value(without_private_tags(without_addresses(lines[i])));
  }
  return out;
}

}  // namespace rigwise
