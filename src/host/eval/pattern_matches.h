#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/grade/checks.h"

namespace rigwise {

/// Whether a task's pattern can be used. RE2 has no look-around and no back references, and so no pattern that takes
/// longer than its text is long: tasks come from strangers and answers from models. Errors  what RE2 says of it.
Result<void> check_pattern(const PatternCheck& check);

/// How often a pattern matches in an answer, '^' and '$' at lines; for grade_matches(). Bytes that are no UTF-8 match
/// '.' after they have been replaced. Errors  as check_pattern().
Result<int> count_matches(const PatternCheck& check, std::string_view answer);

}  // namespace rigwise
