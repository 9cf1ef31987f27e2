#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"

namespace rigwise {

/// "developer:8", "8:developer", "8 developers", "8x developer" as {"count", "role"}; "8" alone says nothing of what
/// they do and has no role. `flag` words the error.
Result<Json> group_of_people(const std::string& text, const std::string& flag);

/// "10 admin, 8 developer" -> [{"count": 10, "role": "admin"}, ...]. Errors name the flag --people.
Result<Json> people_in(const std::string& text);

/// "10 admin, 8 developer" in its parts, trimmed.
std::vector<std::string> words_between_commas(const std::string& text);

}  // namespace rigwise
