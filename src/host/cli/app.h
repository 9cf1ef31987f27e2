#pragma once

#include <string>
#include <vector>

#include "host/cli/command.h"
#include "host/cli/console.h"

namespace rigwise {

/// Runs the program with its arguments (without the program's name) and gives the exit status:
/// 0 done, 1 the answer is no, 2 bad input, 3 the world failed, 70 our bug.
int run_app(const std::vector<std::string>& arguments, Console console, const std::string& extra_catalogs);

/// Every command, in the order in which help lists them.
const std::vector<const CommandSpec*>& command_list();

/// Commands that only hold others: words before the last of a command's name that are no command themselves.
struct CommandGroup {
  const char* name;
  const char* summary;
};
const std::vector<CommandGroup>& command_groups();

/// What every command takes beside its own arguments.
const std::vector<ArgSpec>& global_args();

}  // namespace rigwise
