#pragma once

namespace rigwise {

/// While it lives, SIGINT and SIGTERM are remembered instead of ending the program, and a file over the shell's size
/// limit is an error of the write instead of a death by SIGXFSZ. One at a time.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  bool is_interrupted() const;
};

}  // namespace rigwise
