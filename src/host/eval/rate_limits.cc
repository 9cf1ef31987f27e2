#include "host/eval/rate_limits.h"

#include <algorithm>
#include <cmath>

namespace rigwise {

void AdaptiveLimit::on_answer() {
  if (++clean_ < limit_) return;
  clean_ = 0;
  limit_ = std::min(limit_ + 1, cap_);
}

void AdaptiveLimit::on_rate_limit(double now_s) {
  clean_ = 0;
  if (was_cut_ && now_s - cut_s_ < kBurst_s) return;
  was_cut_ = true;
  cut_s_ = now_s;
  limit_ = std::max(1, static_cast<int>(std::floor(limit_ * kCut)));
}

bool CircuitBreaker::may_ask(double now_s) {
  if (!is_open()) return true;
  if (now_s < next_probe_s()) return false;
  last_s_ = now_s;
  return true;
}

void CircuitBreaker::on_unreachable(double now_s) {
  ++failures_;
  last_s_ = now_s;
}

}  // namespace rigwise
