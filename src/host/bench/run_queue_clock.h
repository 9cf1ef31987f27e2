#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <system_error>

namespace rigwise {

/// How long the calling thread was ready to run and not let, as the kernel counts (/proc/thread-self/schedstat).
class RunQueueClock {
 public:
  RunQueueClock() = default;
  ~RunQueueClock() {
    if (file_ >= 0) ::close(file_);
  }
  RunQueueClock(const RunQueueClock&) = delete;
  RunQueueClock& operator=(const RunQueueClock&) = delete;

  /// Of the thread that calls.
  void open() {
    file_ = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    waited_ns();
  }

  /// Nanoseconds since the last call; a day where the kernel does not tell.
  std::int64_t waited_ns() {
    constexpr std::int64_t kUnknown = 86'400'000'000'000;
    char text[96];
    const ssize_t size = file_ < 0 ? 0 : ::pread(file_, text, sizeof text, 0);
    const char* const end = text + (size > 0 ? size : 0);
    std::int64_t ran = 0, total = 0;
    const auto first = std::from_chars(text, end, ran);
    if (first.ptr == end || std::from_chars(first.ptr + 1, end, total).ec != std::errc()) return kUnknown;
    const std::int64_t waited = total - total_ns_;
    total_ns_ = total;
    return waited;
  }

 private:
  int file_ = -1;
  std::int64_t total_ns_ = 0;
};

}  // namespace rigwise
