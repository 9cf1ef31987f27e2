#pragma once

#include <string>
#include <vector>

#include "study.h"

namespace rigwise {

struct Plot {
  std::string file;  ///< name in docs/accuracy/
  std::string svg;
};

/// Predicted against measured for each main class, and the errors of groups; hardware left out.
std::vector<Plot> plots(const Study& study);

}  // namespace rigwise
