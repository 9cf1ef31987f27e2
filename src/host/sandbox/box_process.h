#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "host/sandbox/sandbox.h"

namespace rigwise {

/// A descriptor that is closed with its owner.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int number) : number_(number) {}
  ~OwnedDescriptor() { reset(); }
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : number_(other.release()) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  int release() {
    const int number = number_;
    number_ = -1;
    return number;
  }
  void reset(int number = -1);

 private:
  int number_ = -1;
};

struct PipeEnds {
  OwnedDescriptor read, write;
};
/// A pipe that no other program inherits; `owner` (-1: us) may open its ends by path.
PipeEnds make_pipe(int owner);
/// A sealed file in memory, open for reading.
OwnedDescriptor memory_file(std::string_view bytes);

/// What is to be started, with everything prepared before the fork.
struct StartPlan {
  std::vector<std::string> command, environment;
  int in = -1, out = -1, err = -1;
  std::vector<int> extra;             ///< become descriptors 3, 4, ... of the program
  int run_as = -1;                    ///< user and group to become; -1: stay
  std::string folder;                 ///< to start in; empty: the root
  const BoxLimits* limits = nullptr;  ///< set before the program starts, where there is no box around it
};
/// The process, or -1.
pid_t start_program(const StartPlan& plan);

/// Limits of a process and all that it will start; whether they could be set. `run_as`: the user it belongs to, -1: us.
/// `count_processes`: the system counts them for each box.
bool limit_process(pid_t process, const BoxLimits& limits, int run_as, bool count_processes);

}  // namespace rigwise
