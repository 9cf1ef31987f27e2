#pragma once

#include <iosfwd>

#include "codec/json_text.h"

namespace rigwise {

/// Asks four questions in plain words (money, who, what for, where it stands) and gives the needs they spell. An empty
/// line takes the answer in brackets; an answer that makes no sense is asked again; end of input takes the rest.
Json ask_needs(std::istream& in, std::ostream& out);

}  // namespace rigwise
