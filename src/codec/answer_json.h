#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json_text.h"
#include "core/grade/checks.h"

namespace rigwise {

/// The JSON of an answer: the last fenced block that is some, else the whole answer, else from its first bracket to its
/// last. Objects and lists only.
std::optional<Json> find_answer_json(std::string_view answer);

/// What a value breaks of a schema, as "/path: why"; empty: nothing. The part of JSON Schema that tasks use: type,
/// properties, required, additionalProperties: false, items, enum, const, minimum, maximum, minItems, maxItems,
/// minLength, description, and pattern where the caller can match one: the pure ring has no regular expressions.
using PatternMatcher = std::function<bool(const std::string& pattern, const std::string& text)>;
std::vector<std::string> schema_faults(const Json& value, const Json& schema, const PatternMatcher& matches = {});

/// Keys of a schema that schema_faults() does not know, so that a task cannot rely on what is never checked.
std::vector<std::string> unknown_schema_keys(const Json& schema);

/// A JSON answer: its shape, and values at places.
struct JsonCheck {
  Json schema = Json::object();
  std::vector<std::pair<std::string, std::vector<Json>>> values;  ///< JSON pointer -> any of these
  double tolerance = 0.005;
};
/// Gives  (shape right + values right)/(1 + values). Texts compare as normalised() spells them, numbers by tolerance.
CheckResult grade_json(const JsonCheck& check, std::string_view answer, const PatternMatcher& matches = {});

/// Whether two values mean the same; see grade_json().
bool same_json(const Json& got, const Json& wanted, double tolerance);

}  // namespace rigwise
