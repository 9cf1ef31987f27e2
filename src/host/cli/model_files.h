#pragma once

#include <string>
#include <vector>

#include "verbs/fit.h"

namespace rigwise {

/// The headers of the model files at `paths`, reading no more of each than its header. A part of a split model brings
/// its siblings, a safetensors file the config.json beside it.
Result<std::vector<HeaderFile>> read_model_files(const std::vector<std::string>& paths);

}  // namespace rigwise
