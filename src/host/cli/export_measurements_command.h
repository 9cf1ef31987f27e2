#pragma once

#include "host/cli/command.h"

namespace rigwise {

const CommandSpec& export_measurements_command();

}  // namespace rigwise
