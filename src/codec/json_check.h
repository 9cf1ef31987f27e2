#pragma once

#include <optional>
#include <string_view>

#include "codec/json_schema.h"
#include "core/grade/eval_task.h"

namespace rigwise {

/// The JSON of an answer: the last fenced block that is an object or a list; else the whole answer; else from its first
/// '{' to its last '}'; else from '[' to ']'.
std::optional<Json> find_json(std::string_view answer);

/// Gives  (holds + right values) / (1 + values): the schema is one item, each pointer another.
CheckResult grade_json(const JsonCheck& check, std::string_view answer, const PatternFinder& finds);

/// Whether what a unit test's code wrote is what the case expects. The expected text never enters the sandbox; this
/// runs outside of it.
bool output_matches(const TestCase& expected, std::string_view got);

}  // namespace rigwise
