#include "codec/json_check.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/grade/answer_text.h"
#include "core/grade/code_blocks.h"

namespace rigwise {
namespace {

std::optional<Json> object_or_list(std::string_view text) {
  Result<Json> value = parse_json(text);
  if (!value || !(value->is_object() || value->is_array())) return std::nullopt;
  return *std::move(value);
}

/// Numbers within a slack, texts when normalised, lists item by item.
bool is_right(const Json& got, const Json& wanted, double slack) {
  if (wanted.is_number()) return got.is_number() && std::abs(got.get<double>() - wanted.get<double>()) <= slack + 1e-9;
  if (wanted.is_string()) {
    return got.is_string() &&
           normalised(got.get_ref<const std::string&>()) == normalised(wanted.get_ref<const std::string&>());
  }
  if (wanted.is_array()) {
    return got.is_array() && got.size() == wanted.size() &&
           std::equal(got.begin(), got.end(), wanted.begin(),
                      [&](const Json& a, const Json& b) { return is_right(a, b, slack); });
  }
  return same_json(got, wanted);
}

bool close_json(const Json& a, const Json& b, double tolerance) {
  if (a.is_number() && b.is_number()) return std::abs(a.get<double>() - b.get<double>()) <= tolerance;
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array()) {
    return std::equal(a.begin(), a.end(), b.begin(),
                      [&](const Json& x, const Json& y) { return close_json(x, y, tolerance); });
  }
  if (!a.is_object()) return a == b;
  return std::all_of(a.items().begin(), a.items().end(), [&](const auto& item) {
    const auto other = b.find(item.key());
    return other != b.end() && close_json(item.value(), *other, tolerance);
  });
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::vector<std::string_view> output_lines(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  for (std::string_view& line : lines) {
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  text = trim(text);
  const auto parts = [](char c) { return is_space(c) || c == '|' || c == ',' || c == ';'; };
  std::vector<std::string_view> tokens;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && !parts(text[at])) continue;
    tokens.push_back(text.substr(begin, at - begin));
    while (at + 1 < text.size() && parts(text[at + 1])) ++at;
    begin = std::min(at + 1, text.size());
  }
  return tokens;
}

bool same_token(std::string_view a, std::string_view b, double tolerance) {
  const Result<double> x = parse_number(a), y = parse_number(b);
  return x && y ? std::abs(*x - *y) <= tolerance : a == b;
}

bool tokens_match(std::string_view got, std::string_view wanted, double tolerance) {
  const std::vector<std::string_view> a = tokens_of(got), b = tokens_of(wanted);
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](std::string_view x, std::string_view y) {
           return same_token(x, y, tolerance);
         });
}

}  // namespace

std::optional<Json> find_json(std::string_view answer) {
  const std::vector<CodeBlock> blocks = code_blocks(answer);
  for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
    if (auto value = object_or_list(block->body)) return value;
  }
  if (auto value = object_or_list(answer)) return value;
  for (const auto& [opening, closing] : {std::pair('{', '}'), std::pair('[', ']')}) {
    const std::size_t begin = answer.find(opening), end = answer.rfind(closing);
    if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin) continue;
    if (auto value = object_or_list(answer.substr(begin, end + 1 - begin))) return value;
  }
  return std::nullopt;
}

CheckResult grade_json(const JsonCheck& check, std::string_view answer, const PatternFinder& finds) {
  const std::optional<Json> value = find_json(answer);
  if (!value) return {0, "no JSON"};
  std::vector<std::string> notes = schema_faults(*value, parse_json(check.schema).value_or(Json::object()), finds);
  constexpr std::size_t kMostNotes = 3;
  double good = notes.empty() ? 1 : 0;
  notes.resize(std::min(notes.size(), kMostNotes));
  for (const auto& [pointer, accepted] : check.values) {
    const Json* got = at_pointer(*value, pointer);
    const bool fits = got != nullptr && std::any_of(accepted.begin(), accepted.end(), [&](const std::string& text) {
                        const Result<Json> wanted = parse_json(text);
                        return wanted && is_right(*got, *wanted, check.tolerance);
                      });
    good += fits ? 1 : 0;
    if (fits) continue;
    notes.push_back(pointer + " is " +
                    (got == nullptr ? "missing" : got->dump(-1, ' ', false, Json::error_handler_t::replace)));
  }
  return {good / static_cast<double>(1 + check.values.size()), join(notes, "; ")};
}

bool output_matches(const TestCase& expected, std::string_view got) {
  if (expected.compare == CaseCompare::json) {
    const Result<Json> a = parse_json(got), b = parse_json(expected.expected);
    return a && b && close_json(*a, *b, expected.tolerance);
  }
  if (expected.compare == CaseCompare::tokens) return tokens_match(got, expected.expected, expected.tolerance);
  std::vector<std::string_view> a = output_lines(got), b = output_lines(expected.expected);
  if (expected.compare == CaseCompare::unordered) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
  }
  return a == b;
}

}  // namespace rigwise
