#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// "10 admin, 8 developer" -> [{"count": 10, "role": "admin"}, ...]. A group is "developer:8", "8:developer",
/// "8 developers", "8x developer", or "8" for people of whom nothing else is said. Errors name the flag --people.
Result<Json> people_in(const std::string& text);

}  // namespace rigwise
