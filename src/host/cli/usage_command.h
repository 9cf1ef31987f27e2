#pragma once

#include "host/cli/command.h"

namespace rigwise {

const CommandSpec& usage_import_command();
const CommandSpec& usage_rules_command();
const CommandSpec& usage_tasks_command();
const CommandSpec& usage_why_command();

}  // namespace rigwise
