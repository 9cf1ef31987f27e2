#pragma once

// What engines printed about the memory they took, beside what we say: predicting.md 4.12.

#include <string>
#include <vector>

#include "core/facts/catalog.h"

namespace rigwise {

struct MemoryLog {
  std::string what, unit, from;
  double logged = 0, said = 0;

  /// Relative, signed.
  double error() const { return said / logged - 1; }
};

/// Computed from the catalog's own records of models and engines.
std::vector<MemoryLog> memory_logs(const Catalog& catalog);

}  // namespace rigwise
