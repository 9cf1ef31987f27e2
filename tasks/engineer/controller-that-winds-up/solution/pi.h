#pragma once
#include <algorithm>

class Pi {
 public:
  Pi(double kp, double ki, double low, double high) : kp_(kp), ki_(ki), low_(low), high_(high) {}

  double update(double set_point, double measured, double dt) {
    const double error = set_point - measured;
    const double integral = integral_ + error * dt;
    const double wanted = kp_ * error + ki_ * integral;
    const bool deeper = (wanted > high_ && error > 0) || (wanted < low_ && error < 0);
    if (!deeper) integral_ = integral;
    return std::clamp(kp_ * error + ki_ * integral_, low_, high_);
  }

 private:
  double kp_, ki_, low_, high_;
  double integral_ = 0;
};
