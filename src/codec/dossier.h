#pragma once

#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/facts/household.h"

namespace rigwise {

/// dossiers/<device>.md -> opinions. The file is Markdown people read: a title, "## Pros" and "## Gotchas", and under
/// them one "- sentence. [source]" per line. A line that fits none of these, or a point without a source, is a fault.
Dossier decode_dossier(std::string_view path, std::string_view text, std::vector<Diagnostic>& faults);

}  // namespace rigwise
