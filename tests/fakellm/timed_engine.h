#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/stats/random.h"
#include "tests/fakellm/timed_script.h"

namespace rigwise {

/// The one engine of a batching script. Sequences are numbers of the caller's; times are nanoseconds.
///
/// A step begins when the last one ends. It takes in one waiting prompt whole, or gives every sequence a token; either
/// way it holds everybody up for its length.
class TimedEngine {
 public:
  explicit TimedEngine(const TimedScript& script) : script_(script) {}

  struct Sequence {
    std::uint64_t name = 0;
    int prompt_left = 0;  ///< tokens to take in
    int tokens_left = 0;  ///< to give
  };

  int active() const { return static_cast<int>(active_.size()); }
  int waiting() const { return static_cast<int>(queue_.size()); }
  bool is_full() const { return script_.queue_most > 0 && waiting() >= script_.queue_most; }

  /// Takes a request in. Gives true when the engine was idle: begin_step() is due.
  bool add(const Sequence& sequence) {
    queue_.push_back(sequence);
    return !stepping_;
  }
  /// The client went.
  void drop(std::uint64_t name);

  /// Begins a step at `at_ns`; gives when it ends, 0 when there is nothing to do.
  std::int64_t begin_step(std::int64_t at_ns);
  /// Those that get a token now; sequences that have all theirs leave.
  const std::vector<std::uint64_t>& end_step();

 private:
  const TimedScript& script_;
  std::deque<Sequence> queue_;
  std::vector<Sequence> active_;
  std::vector<std::uint64_t> given_;
  bool prefilling_ = false, stepping_ = false;
};

}  // namespace rigwise
