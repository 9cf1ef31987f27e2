#pragma once

#include <string>

namespace rigwise {

/// A fault of one file, for `rigwise catalog check` and overlays. All faults are collected, not only the first.
struct Diagnostic {
  bool is_error = true;  ///< false: a warning (soft plausibility)
  std::string file;
  int line = 0;
  std::string key;
  std::string message;
  std::string try_this;
};

}  // namespace rigwise
