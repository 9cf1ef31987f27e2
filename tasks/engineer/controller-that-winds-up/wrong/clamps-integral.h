#pragma once
#include <algorithm>
class Pi {
 public:
  Pi(double kp, double ki, double low, double high) : kp_(kp), ki_(ki), low_(low), high_(high) {}
  double update(double set_point, double measured, double dt) {
    double error = set_point - measured;
    integral_ = std::clamp(integral_ + error * dt, low_, high_);
    return std::clamp(kp_ * error + ki_ * integral_, low_, high_);
  }
 private:
  double kp_, ki_, low_, high_;
  double integral_ = 0;
};
