#pragma once

#include <string>

#include "codec/json_text.h"

namespace rigwise {

/// JSON as a YAML block document, for files that people read and change. A text stands plain only where no YAML of any
/// version could take it for something else; else it is quoted as JSON quotes it. A key that begins with '#' is a
/// comment: its value is the text.
///
/// Takes  an object; nested objects and lists of any depth. Gives  text that ends in a line break.
std::string yaml_text(const Json& object);

/// A text as YAML writes it, plain or quoted.
std::string yaml_scalar(const std::string& text);

}  // namespace rigwise
