#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/usage/prompt_categories.h"

namespace rigwise {

/// The rules of categories that travel in the binary (rules.toml), as text.
std::string_view bundled_usage_rules();

/// Those of a file, or the bundled ones.
Result<CategoryRules> usage_rules(const std::optional<std::string>& path);

}  // namespace rigwise
