#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// Writes a starting folder of a team's page: a site.toml that shows every part, and its texts.
/// Gives  the names of the files written.
/// Errors  a folder that has one of them already: nothing is written then.
Result<std::vector<std::string>> write_team_template(const std::string& folder);

}  // namespace rigwise
