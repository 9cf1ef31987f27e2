#pragma once

#include <string>

#include "core/base/result.h"

namespace rigwise {

/// What a shell needs to complete `rigwise`: commands, flags, files where a file is meant, and names of machines and
/// models from the catalog. Takes  bash, zsh or fish. Errors  another shell.
Result<std::string> shell_completion(const std::string& shell);

}  // namespace rigwise
