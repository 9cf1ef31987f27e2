#pragma once

#include "host/cli/command.h"

namespace rigwise {

const CommandSpec& deploy_command();
const CommandSpec& deploy_confirm_command();

}  // namespace rigwise
