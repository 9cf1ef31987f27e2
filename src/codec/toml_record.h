#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/record.h"

namespace rigwise {

/// TOML text -> flat record. Text that is no TOML gives one fault and nothing else. Native only.
std::optional<FlatText> flatten_toml(std::string_view text, std::string_view file, std::vector<Diagnostic>& faults);

}  // namespace rigwise
