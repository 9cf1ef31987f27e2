#include "host/cli/people_groups.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

Result<Json> group_of_people(const std::string& text, const std::string& flag) {
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
    return invalid("\"" + text + "\" is no group of people", flag, "8, developer:8 or \"10 admin, 8 developer\"");
  }
  const std::string role = before.empty() ? after : before;
  Json group = {{"count", *count}};
  if (!role.empty()) group["role"] = role;
  return group;
}

std::vector<std::string> words_between_commas(const std::string& text) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(text, ',')) parts.emplace_back(trim(part));
  return parts;
}

Result<Json> people_in(const std::string& text) {
  Json groups = Json::array();
  for (const std::string& words : words_between_commas(text)) {
    Result<Json> group = group_of_people(words, "--people");
    if (!group) return fail(group.error());
    groups.push_back(std::move(*group));
  }
  return groups;
}

}  // namespace rigwise
