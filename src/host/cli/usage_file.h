#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/cli/command.h"
#include "host/cli/console.h"

namespace rigwise {

/// "--usage FILE", for cost, route, capacity and advise.
ArgSpec usage_arg();

/// The file that --usage names, as `usage import --out` wrote it; nothing without the flag.
Result<std::optional<Json>> usage_file(const Args& args);

/// Lays the keys of `part` into `target` where it has none, and says on err what came from the file.
void lay_usage_under(const Json& part, const std::string& path, Json& target, std::vector<std::string>& filled);

/// "note: usage.json fills usage.tokens_per_month (5.32e7), ..." on err.
void note_filled(const Console& console, const Args& args, const std::vector<std::string>& filled);

}  // namespace rigwise
