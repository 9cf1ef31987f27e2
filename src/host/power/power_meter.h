#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "host/power/power_sensors.h"

namespace rigwise {

/// Reads every sensor ten times a second in a thread of its own, until it goes.
class PowerMeter {
 public:
  explicit PowerMeter(std::vector<PowerSensor> sensors, double period_s = 0.1);
  ~PowerMeter();
  PowerMeter(const PowerMeter&) = delete;
  PowerMeter& operator=(const PowerMeter&) = delete;

  /// What was read until now; times are seconds of the clock that only goes forward (CLOCK_MONOTONIC).
  std::vector<PowerTrace> traces() const;
  /// Waits until `at_s` on that clock, or until it is stopped from elsewhere: what idling takes is read meanwhile.
  void wait_until(double at_s, const std::function<bool()>& is_stopped) const;
  /// Waits until every source that answers was read at `at_s` or later, for two seconds at most.
  void wait_for_readings(double at_s) const;

  static double now_s();

 private:
  void live();

  const std::vector<PowerSensor> sensors_;
  const double period_s_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<PowerTrace> traces_;
  bool is_over_ = false;
  std::thread thread_;
};

/// What this machine has, with NVIDIA's library where that is here.
PowerSensors local_power_sensors();

}  // namespace rigwise
