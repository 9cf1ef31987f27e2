#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// What a program may take, and who may end it.
struct ProgramLimits {
  std::chrono::milliseconds time{600'000};
  std::size_t most_output_bytes = std::size_t{8} << 20;  ///< of each stream; what comes after is read and forgotten
  std::function<bool()> go_on;  ///< asked some ten times a second; false ends the program. Empty: always
};

/// How a program ended, and what it said.
struct ProgramEnd {
  int exit_status = -1;  ///< -1: it ended by a signal
  int signal = 0;
  bool was_timed_out = false, was_interrupted = false;
  bool output_is_cut = false;  ///< more came than was kept
  std::string out, err;
  double seconds = 0;

  bool succeeded() const { return exit_status == 0 && !was_timed_out && !was_interrupted; }
};

/// The path of a program by its name: itself when it has a slash, else the first that may be run on PATH.
std::optional<std::string> find_program(const std::string& name);

/// Runs a program to its end: no shell, nothing on standard input, both outputs kept. It is the head of a process group
/// of its own, and when its time is over, or go_on() says no, the whole group is told to end and killed two seconds
/// later; what it left behind is killed too when it ends by itself.
/// Errors  io: it cannot be started.
Result<ProgramEnd> run_program(const std::vector<std::string>& arguments, const ProgramLimits& limits);

/// A program that runs until this object goes: its group is then told to end, and killed two seconds later.
class BackgroundProgram {
 public:
  /// Its output goes to /dev/null. Errors  io: it cannot be started.
  static Result<BackgroundProgram> start(const std::vector<std::string>& arguments);
  BackgroundProgram(BackgroundProgram&& other) noexcept;
  BackgroundProgram& operator=(BackgroundProgram&&) = delete;
  BackgroundProgram(const BackgroundProgram&) = delete;
  BackgroundProgram& operator=(const BackgroundProgram&) = delete;
  ~BackgroundProgram();

  /// Whether it has not ended by itself.
  bool is_alive();

 private:
  explicit BackgroundProgram(int pid) : pid_(pid) {}
  int pid_ = 0;  ///< 0: gone
};

}  // namespace rigwise
