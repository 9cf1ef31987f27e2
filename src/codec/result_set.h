#pragma once

#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/evaluate/result_set.h"

namespace rigwise {

inline constexpr std::string_view kResultSetFormat = "rigwise.eval.results/1";

/// One of its answers, as it stands in the set.
Json evaluated_answer_json(const EvaluatedAnswer& answer);

/// A result set as JSON. What is unknown is left out, never null and never 0.
Json result_set_json(const ResultSet& results);

/// The file: canonical JSON and a line feed. The same results give the same bytes, in whatever order they came.
std::string result_set_text(ResultSet results);

/// The SHA-256 of the canonical JSON of a set, as content_key(result_set_json(results)), in a fraction of the memory.
std::string result_set_sha256(const ResultSet& results);

/// Reads what result_set_json() writes. Errors  another format, an unknown key, a value out of range, an answer to a
/// task or of a model that the set does not list.
Result<ResultSet> result_set_of_json(const Json& json, const std::string& where);
Result<ResultSet> parse_result_set(std::string_view text, const std::string& where);

}  // namespace rigwise
