#include "host/usage/usage_rules.h"

#include "codec/toml_usage_rules.h"
#include "host/files/files.h"

// Embedded by the assembler (cmake/embed.cmake).
extern "C" const char rigwise_usage_rules_begin[];
extern "C" const char rigwise_usage_rules_end[];

namespace rigwise {

std::string_view bundled_usage_rules() {
  return {rigwise_usage_rules_begin, static_cast<std::size_t>(rigwise_usage_rules_end - rigwise_usage_rules_begin)};
}

Result<CategoryRules> usage_rules(const std::optional<std::string>& path) {
  if (!path) return parse_usage_rules(bundled_usage_rules(), "rules.toml");
  const Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  return parse_usage_rules(*text, *path);
}

}  // namespace rigwise
