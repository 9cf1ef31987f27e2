#pragma once

#include <string_view>

namespace rigwise {

/// Whether brackets outside strings nest deeper than `limit`: hostile input must not exhaust a parser's stack.
bool nests_too_deep(std::string_view text, int limit);

}  // namespace rigwise
