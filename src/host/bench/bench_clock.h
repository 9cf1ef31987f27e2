#pragma once

#include <atomic>
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

/// The wall clock, and the kernel's stamps, which are read off it. A test may set it without setting the machine's.
struct WallClock {
  const std::atomic<std::int64_t>* set_by_ns = nullptr;  ///< how far somebody set it; none: the machine's as it is

  std::int64_t now_ns() const { return stamped_ns(clock_ns(CLOCK_REALTIME)); }
  std::int64_t stamped_ns(std::int64_t kernel_ns) const {
    return set_by_ns == nullptr ? kernel_ns : kernel_ns + set_by_ns->load(std::memory_order_relaxed);
  }
};

/// Turns the kernel's receive stamps, which are of the wall clock, into the steady one. The distance between the two
/// changes only when somebody sets the wall clock (the steady one follows all that is done little by little), so it is
/// looked at with every stamp, and a change is counted.
class WallOffset {
 public:
  explicit WallOffset(WallClock clock = {}) : clock_(clock), offset_ns_(measured()) {}
  WallOffset(WallClock clock, std::int64_t offset_ns) : clock_(clock), offset_ns_(offset_ns) {}

  /// Of a stamp of the kernel's.
  std::int64_t to_monotonic(std::int64_t kernel_ns) const { return clock_.stamped_ns(kernel_ns) - offset_ns_; }

  /// False: the distance is not what it was, or this thread lost its core between two looks; look() tells which.
  bool seems_as_before() const {
    const std::int64_t steady_ns = monotonic_ns();
    return distance(clock_.now_ns() - steady_ns, offset_ns_) <= kStepNs;
  }
  /// Looks again. Gives true when the wall clock was set meanwhile.
  bool look() { return take(measured()); }
  /// The same of a distance that was measured.
  bool take(std::int64_t now_ns) {
    const std::int64_t change = distance(now_ns, offset_ns_);
    if (change > kNoiseNs) offset_ns_ = now_ns;
    return change > kStepNs;
  }

 private:
  static constexpr std::int64_t kStepNs = 1'000'000, kNoiseNs = 20'000;
  static std::int64_t distance(std::int64_t a, std::int64_t b) { return a > b ? a - b : b - a; }

  /// The tightest of a few looks: the wall clock read between two of the steady one.
  std::int64_t measured() const {
    std::int64_t offset = 0, tightest = INT64_MAX;
    for (int i = 0; i < 5; ++i) {
      const std::int64_t before = monotonic_ns(), wall = clock_.now_ns(), after = monotonic_ns();
      if (after - before >= tightest) continue;
      tightest = after - before;
      offset = wall - before - (after - before) / 2;
    }
    return offset;
  }

  WallClock clock_;
  std::int64_t offset_ns_;
};

}  // namespace rigwise
