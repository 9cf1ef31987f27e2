#include "core/base/check.h"

#include <cstdlib>

#ifndef __wasm__
#include <cstdio>
#endif

namespace rigwise {

void check_failed(const char* expression, const char* file, int line) {
#ifdef __wasm__
  (void)expression;
  (void)file;
  (void)line;
  __builtin_trap();
#else
  std::fprintf(stderr, "rigwise: broken promise: %s (%s:%d)\n", expression, file, line);
  std::exit(70);
#endif
}

}  // namespace rigwise
