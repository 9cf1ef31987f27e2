#include "host/eval/pattern_matches.h"

#include <re2/re2.h>

#include "core/grade/utf8.h"

namespace rigwise {
namespace {

/// With the options as RE2 writes them, and lines as the format of tasks wants them.
std::string whole_pattern(const PatternCheck& check) {
  std::string flags = "(?m";
  if (check.ignore_case) flags += 'i';
  if (check.dot_is_all) flags += 's';
  return flags + ")" + check.pattern;
}

RE2::Options quiet() {
  constexpr std::int64_t kMemory = std::int64_t{8} << 20;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemory);
  return options;
}

Unexpected unusable(const PatternCheck& check, const RE2& pattern) {
  return invalid("the pattern " + check.pattern + " cannot be used: " + pattern.error(), "pattern",
                 "RE2's language: no look-around, no back references");
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_at(text, at);
    append_utf8(valid, step.point);
    at = step.next;
  }
  return valid;
}

}  // namespace

Result<void> check_pattern(const PatternCheck& check) {
  const RE2 pattern(whole_pattern(check), quiet());
  if (!pattern.ok()) return unusable(check, pattern);
  return {};
}

Result<int> count_matches(const PatternCheck& check, std::string_view answer) {
  const RE2 pattern(whole_pattern(check), quiet());
  if (!pattern.ok()) return unusable(check, pattern);
  const std::string text = valid_utf8(answer);
  const re2::StringPiece whole(text);
  re2::StringPiece match;
  int matches = 0;
  for (std::size_t at = 0; at <= text.size();) {
    if (!pattern.Match(whole, at, text.size(), RE2::UNANCHORED, &match, 1)) break;
    ++matches;
    const auto end = static_cast<std::size_t>(match.data() - text.data()) + match.size();
    // An empty match is followed by the next character.
    at = !match.empty() ? end : end < text.size() ? utf8_at(text, end).next : text.size() + 1;
  }
  return matches;
}

}  // namespace rigwise
