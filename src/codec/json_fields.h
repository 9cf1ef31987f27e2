#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json_text.h"

namespace rigwise {

/// Fields of JSON that others wrote: nothing there, or of another type, is nothing, never a fault.
/// A path is keys with dots between them: "metrics.time_to_first_token_ms".

/// The value at a path, or null.
const Json* value_at(const Json& from, std::string_view path);

/// A finite number; also one that is written as a text ("512"), and truth as 1 or 0.
std::optional<double> number_at(const Json& from, std::string_view path);

/// A text; empty when there is none.
std::string text_at(const Json& from, std::string_view path);

/// JSON as Python and others write it: `NaN`, `Infinity` and `-Infinity` outside of texts become null, "inf" and
/// "-inf".
std::string standard_json(std::string_view text);

}  // namespace rigwise
