#pragma once

#include <string>
#include <vector>

#include "host/cli/console.h"

namespace rigwise {

/// Runs the program with its arguments (without the program's name) and gives the exit status:
/// 0 done, 1 the answer is no, 2 bad input, 3 the world failed, 70 our bug.
int run_app(const std::vector<std::string>& arguments, Console console, const std::string& extra_catalogs);

}  // namespace rigwise
