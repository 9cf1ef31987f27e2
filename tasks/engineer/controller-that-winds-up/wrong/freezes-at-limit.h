#pragma once
class Pi {
 public:
  Pi(double kp, double ki, double low, double high) : kp_(kp), ki_(ki), low_(low), high_(high) {}
  double update(double set_point, double measured, double dt) {
    double error = set_point - measured;
    double out = kp_ * error + ki_ * (integral_ + error * dt);
    if (out >= high_) return high_;
    if (out <= low_) return low_;
    integral_ += error * dt;
    return out;
  }
 private:
  double kp_, ki_, low_, high_;
  double integral_ = 0;
};
