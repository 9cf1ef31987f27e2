#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/usage/prompt_categories.h"

namespace rigwise {

/// Rules of categories from TOML, in the form that `rigwise usage rules` prints. Errors name file and line: another
/// schema, a category without a name or a phrase, named twice or "other", a task category or role that is none.
Result<CategoryRules> parse_usage_rules(std::string_view text, std::string file_name);

}  // namespace rigwise
