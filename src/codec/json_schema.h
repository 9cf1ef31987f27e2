#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"

namespace rigwise {

/// Whether a pattern (RE2) is found in a text; the outer ring's work.
using PatternFinder = std::function<bool(const std::string& pattern, std::string_view text)>;

/// What is wrong with a value by the part of JSON Schema that tasks use: type, properties, required,
/// additionalProperties, items, enum, const, minimum, maximum, minItems, maxItems, minLength, and pattern where `finds`
/// is given. None: it holds.
std::vector<std::string> schema_faults(const Json& value, const Json& schema, const PatternFinder& finds = {});

/// Why a schema cannot be used: a keyword beyond those, or one with a value of the wrong kind. Empty: it can.
std::string unusable_schema(const Json& schema);

/// The patterns of a schema, wherever they stand.
std::vector<std::string> schema_patterns(const Json& schema);

/// The value that a JSON pointer leads to, or null pointer.
const Json* at_pointer(const Json& value, std::string_view pointer);

/// Whether two values are the same: numbers by value, whole or not; keys in any order.
bool same_json(const Json& a, const Json& b);

}  // namespace rigwise
