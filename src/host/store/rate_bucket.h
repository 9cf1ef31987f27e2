#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace rigwise {

/// So much a minute, let through evenly: a bucket that fills all the time and holds three seconds' worth (one unit at
/// least), so that no minute, wherever it begins, sees more than a twentieth above the limit. What is larger than the
/// bucket passes when it is full and leaves a debt. Times are milliseconds of any clock; amounts are not negative.
struct RateBucket {
  double per_minute = 0;
  double level = 0;
  std::int64_t at_ms = 0;

  static RateBucket full(double per_minute, std::int64_t now_ms) {
    RateBucket bucket{per_minute, 0, now_ms};
    bucket.level = bucket.size();
    return bucket;
  }
  double size() const { return std::max(1.0, per_minute / kPartsOfMinute); }
  void fill(std::int64_t now_ms) {
    const auto passed_ms = static_cast<double>(std::max<std::int64_t>(0, now_ms - at_ms));
    level = std::min(size(), level + passed_ms * per_minute / kMinute_ms);
    at_ms = std::max(at_ms, now_ms);
  }
  /// Milliseconds until `amount` may pass; 0: now.
  double wait_ms(double amount) const {
    const double missing = std::min(amount, size()) - level;
    return missing > 0 ? missing * kMinute_ms / per_minute : 0;
  }

 private:
  static constexpr double kPartsOfMinute = 20, kMinute_ms = 60'000;
};

}  // namespace rigwise
