#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// The one spelling of a JSON value (RFC 8785, JCS): keys in order of their UTF-16 code units, no white space, numbers
/// as JavaScript prints them. What is hashed to name work is spelt so, and the same work has the same name everywhere.
/// Takes  valid UTF-8 and numbers that a double holds exactly, as RFC 8785 demands; others are written as shortest()
/// does.
std::string canonical_json(const Json& value);

/// SHA-256 of canonical_json(), in hex.
std::string content_key(const Json& value);

}  // namespace rigwise
