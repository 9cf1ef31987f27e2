#pragma once

#include <cstdint>
#include <ctime>

namespace rigwise {

inline std::int64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

/// The clock of all times of a run: it only goes forward, and is the same for all processes of a machine.
inline std::int64_t monotonic_ns() { return clock_ns(CLOCK_MONOTONIC); }

/// Turns the kernel's receive stamps, which are of the wall clock, into the steady one. The distance between the two
/// changes only when somebody sets the wall clock, so it is looked at now and then, and a change is counted.
class WallOffset {
 public:
  WallOffset() : WallOffset(measured()) {}
  explicit WallOffset(std::int64_t offset_ns) : offset_ns_(offset_ns) {}

  std::int64_t to_monotonic(std::int64_t wall_ns) const { return wall_ns - offset_ns_; }

  /// Looks again. Gives true when the wall clock was set meanwhile.
  bool look() { return take(measured()); }
  /// The same of a distance that was measured.
  bool take(std::int64_t now_ns) {
    const std::int64_t change = now_ns > offset_ns_ ? now_ns - offset_ns_ : offset_ns_ - now_ns;
    if (change > kNoiseNs) offset_ns_ = now_ns;
    return change > kStepNs;
  }

 private:
  static constexpr std::int64_t kStepNs = 1'000'000, kNoiseNs = 20'000;

  /// The tightest of a few looks: the wall clock read between two of the steady one.
  static std::int64_t measured() {
    std::int64_t offset = 0, tightest = INT64_MAX;
    for (int i = 0; i < 5; ++i) {
      const std::int64_t before = monotonic_ns(), wall = clock_ns(CLOCK_REALTIME), after = monotonic_ns();
      if (after - before >= tightest) continue;
      tightest = after - before;
      offset = wall - before - (after - before) / 2;
    }
    return offset;
  }

  std::int64_t offset_ns_;
};

}  // namespace rigwise
