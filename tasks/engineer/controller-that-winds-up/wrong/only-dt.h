#pragma once
class Pi {
 public:
  Pi(double kp, double ki, double low, double high) : kp_(kp), ki_(ki), low_(low), high_(high) {}
  double update(double set_point, double measured, double dt) {
    double error = set_point - measured;
    integral_ += error * dt;
    double out = kp_ * error + ki_ * integral_;
    return out > high_ ? high_ : out < low_ ? low_ : out;
  }
 private:
  double kp_, ki_, low_, high_;
  double integral_ = 0;
};
