#include "host/power/power_meter.h"

#include <algorithm>
#include <chrono>

namespace rigwise {

double PowerMeter::now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

PowerMeter::PowerMeter(std::vector<PowerSensor> sensors, double period_s)
    : sensors_(std::move(sensors)), period_s_(period_s) {
  for (const PowerSensor& sensor : sensors_) traces_.push_back(sensor.about);
  if (!sensors_.empty()) thread_ = std::thread([this] { live(); });
}

PowerMeter::~PowerMeter() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PowerMeter::live() {
  std::vector<std::optional<PowerTrace::Reading>> readings(sensors_.size());
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    lock.unlock();
    for (std::size_t i = 0; i < sensors_.size(); ++i) {
      const std::optional<double> value = sensors_[i].read();
      readings[i] = value ? std::optional<PowerTrace::Reading>({now_s(), *value}) : std::nullopt;
    }
    lock.lock();
    for (std::size_t i = 0; i < sensors_.size(); ++i) {
      if (readings[i]) traces_[i].readings.push_back(*readings[i]);
    }
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::duration<double>(period_s_), [this] { return is_over_; });
  }
}

std::vector<PowerTrace> PowerMeter::traces() const {
  const std::lock_guard lock(mutex_);
  return traces_;
}

void PowerMeter::wait_until(double at_s, const std::function<bool()>& is_stopped) const {
  constexpr double kLook_s = 0.1;
  std::unique_lock lock(mutex_);
  while (now_s() < at_s && !is_stopped()) changed_.wait_for(lock, std::chrono::duration<double>(kLook_s));
}

void PowerMeter::wait_for_readings(double at_s) const {
  constexpr double kMost_s = 2;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::duration<double>(kMost_s), [&] {
    return std::all_of(traces_.begin(), traces_.end(), [&](const PowerTrace& trace) {
      return trace.readings.empty() || trace.readings.back().at_s >= at_s;
    });
  });
}

PowerSensors local_power_sensors() {
  Result<std::unique_ptr<NvmlLibrary>> nvml = NvmlLibrary::open();
  std::shared_ptr<const NvmlLibrary> cards;
  if (nvml) cards = std::move(*nvml);
  return find_power_sensors("/sys", cards);
}

}  // namespace rigwise
