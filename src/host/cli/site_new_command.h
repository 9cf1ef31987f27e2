#pragma once

#include "host/cli/command.h"

namespace rigwise {

const CommandSpec& site_new_command();

}  // namespace rigwise
