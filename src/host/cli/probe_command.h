#pragma once

#include "host/cli/command.h"

namespace rigwise {

/// What this machine is and how fast (rigwise probe).
const CommandSpec& probe_command();

}  // namespace rigwise
