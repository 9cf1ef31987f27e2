#pragma once

namespace rigwise {

/// Keeps the kernel stamping what it receives. Linux begins when the first socket asks for stamps, but from a queue of
/// its own, a moment later (net_enable_timestamp), and ends with the last: what comes until then has none. Whoever
/// holds one of these has asked, and has seen that it works.
class KernelStamps {
 public:
  /// Asks, and sends bytes to itself over loopback until one arrives with a stamp; for 50 ms at most, where the system
  /// gives none or has no loopback.
  KernelStamps();
  ~KernelStamps();
  KernelStamps(const KernelStamps&) = delete;
  KernelStamps& operator=(const KernelStamps&) = delete;

  /// A stamped byte came.
  bool are_on() const { return are_on_; }
  /// Bytes that it took until then: 1 where stamps were on already.
  int bytes_sent() const { return bytes_sent_; }

 private:
  int sender_ = -1, receiver_ = -1;
  int bytes_sent_ = 0;
  bool are_on_ = false;
};

}  // namespace rigwise
