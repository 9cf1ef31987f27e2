#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace rigwise {

/// What the server has done, for /metrics. Threads share it.
class ServerMetrics {
 public:
  /// One answered request; `what` is a verb or one of a few names of other places, so that the labels stay few.
  void answered(std::string_view what, int status, double seconds);
  void connection_opened();
  void connection_closed();
  void connection_refused();

  /// Prometheus text, format 0.0.4.
  std::string text(std::string_view version, std::string_view catalog) const;

 private:
  static constexpr std::array<double, 10> kBounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60};
  struct Durations {
    std::array<std::uint64_t, kBounds.size() + 1> within{};  ///< the last: longer than every bound
    double seconds = 0;
  };
  void append_durations(std::string& text) const;

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
  std::map<std::string, Durations, std::less<>> durations_;
  std::uint64_t opened_ = 0, closed_ = 0, refused_ = 0;
};

}  // namespace rigwise
