#pragma once

#include <string>

#include "host/sandbox/sandbox.h"

namespace rigwise {

class BoxFolder;

/// Looks at all processes of a box through the box's own /proc, which shows no others.
class BoxWatch {
 public:
  /// Takes a descriptor of that folder.
  explicit BoxWatch(int proc) : proc_(proc) {}
  ~BoxWatch();
  BoxWatch(const BoxWatch&) = delete;
  BoxWatch& operator=(const BoxWatch&) = delete;

  /// Which limit the box has passed as a whole: "processes", "memory", "files"; empty: none.
  std::string passed(const BoxLimits& limits, const BoxFolder& folder) const;

 private:
  int proc_;
};

}  // namespace rigwise
