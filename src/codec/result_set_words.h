#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/grade/score.h"

namespace rigwise {

/// "content", "compile", "completeness".
std::string score_part_name(ScorePart part);
std::optional<ScorePart> score_part_of_name(std::string_view name);

}  // namespace rigwise
