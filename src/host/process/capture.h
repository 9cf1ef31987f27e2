#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// What a program printed and how it ended.
struct CapturedOutput {
  int exit_code = 0;  ///< 127: it is not there; 128 + signal when one ended it
  bool timed_out = false;
  std::string text;  ///< of its standard output, `limit` bytes at most
};

/// Runs a program of the PATH without a shell and without input, in the C locale, and waits for it: `timeout_s` at
/// most, then it and what it started are killed. Errors  the system starts no process.
Result<CapturedOutput> capture_output(const std::vector<std::string>& command, double timeout_s,
                                      std::size_t limit = std::size_t{8} << 20U);

}  // namespace rigwise
