#pragma once

namespace rigwise {

/// Reports a broken promise of our own and stops the process (a trap in the browser). Stays on in release builds.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace rigwise

/// For our own mistakes only; user input is refused with a Result before it gets here.
#define RW_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::rigwise::check_failed(#expression, __FILE__, __LINE__))
