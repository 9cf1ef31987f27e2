#pragma once

#include "host/cli/command.h"

namespace rigwise {

/// `eval run`, `eval judge` and `eval report` of the demonstration, one after the other, in a store that is thrown
/// away.
const CommandSpec& eval_demo_command();

}  // namespace rigwise
