#pragma once

#include "host/cli/command.h"

namespace rigwise {

/// What `cost` takes on the command line.
std::vector<ArgSpec> cost_args();

/// The request that the flags spell out, laid over `request` (of a file, or empty). Faults name the flag.
Result<void> lay_cost_flags_over(const Args& args, Json& request);

/// "50M", "1.9B", "800k" or plain digits.
Result<double> parse_count(const std::string& text, const std::string& flag);

}  // namespace rigwise
