#pragma once

#include <vector>

#include "host/cli/command.h"

namespace rigwise {

/// Arguments of `rigwise advise`: the needs file, and flags that say the same in short.
std::vector<ArgSpec> advise_args();

/// True when a flag says something about the needs.
bool names_needs(const Args& args);

/// Writes the flags into a needs object, over what a file said. Errors name the flag.
Result<void> lay_flags_over(const Args& args, Json& needs);

}  // namespace rigwise
