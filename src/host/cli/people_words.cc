#include "host/cli/people_words.h"

#include <algorithm>
#include <vector>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// "developer:8", "8:developer", "8 developers", "8x developer", or "8" for people of whom nothing else is said.
Result<Json> group_of(const std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t at = text.find_first_of("0123456789");
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string before(trim(text.substr(0, std::min(at, text.size()))));
  std::string after(trim(text.substr(std::min(end, text.size()))));
  if (!before.empty() && before.back() == ':') before = trim(before.substr(0, before.size() - 1));
  if (!after.empty() && (after.front() == ':' || after.starts_with("x "))) after = trim(after.substr(1));
  const Result<double> count = parse_number(at < text.size() ? text.substr(at, end - at) : "");
  const bool role_twice = !before.empty() && !after.empty();
  const bool odd = after.find_first_of("0123456789.:") != std::string::npos || before.ends_with('-');
  if (!count || role_twice || odd) {
    return invalid("\"" + text + "\" is no group of people", "--people", "8, developer:8 or \"10 admin, 8 developer\"");
  }
  const std::string role = before.empty() ? after : before;
  Json group = {{"count", *count}};
  if (!role.empty()) group["role"] = role;
  return group;
}

/// "10 admin, 8 developer" in its parts.
std::vector<std::string> groups_in(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    parts.emplace_back(trim(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  return parts;
}

}  // namespace

Result<Json> people_in(const std::string& text) {
  Json groups = Json::array();
  for (const std::string& words : groups_in(text)) {
    Result<Json> group = group_of(words);
    if (!group) return fail(group.error());
    groups.push_back(std::move(*group));
  }
  return groups;
}

}  // namespace rigwise
