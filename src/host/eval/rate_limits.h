#pragma once

#include <cstdint>

namespace rigwise {

/// How many questions may be under way, learnt from what the endpoint says: one more after each clean window, a fifth
/// less after a burst of rate limits. Server errors stop the growth and nothing else. Times are seconds of any clock
/// that only goes forward.
/// From   Chiu and Jain, Computer Networks 17 (1989) 1; the figures are inspect_ai's.
class AdaptiveLimit {
 public:
  AdaptiveLimit(int start, int cap) : limit_(start < cap ? start : cap), cap_(cap) {}

  int limit() const { return limit_; }
  void on_answer();
  void on_rate_limit(double now_s);
  void on_server_error() { clean_ = 0; }

 private:
  static constexpr double kCut = 0.8, kBurst_s = 15;

  int limit_, cap_;
  int clean_ = 0;  ///< answers since the window began; a window is as many answers as may be under way
  bool was_cut_ = false;
  double cut_s_ = 0;
};

/// Keeps a whole queue from running into a closed door: after some failures in a row only a probe now and then.
class CircuitBreaker {
 public:
  explicit CircuitBreaker(int failures = 5, double probe_every_s = 10)
      : most_(failures), probe_every_s_(probe_every_s) {}

  /// Whether a question may go out now; when the circuit is open, a yes is the probe.
  bool may_ask(double now_s);
  void on_unreachable(double now_s);
  void on_reached() { failures_ = 0; }
  bool is_open() const { return failures_ >= most_; }
  /// When the next probe is due; only while it is open.
  double next_probe_s() const { return last_s_ + probe_every_s_; }

 private:
  int most_;
  double probe_every_s_;
  int failures_ = 0;
  double last_s_ = 0;
};

}  // namespace rigwise
