#include "core/measure/energy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rigwise {
namespace {

/// Ten readings a second from `begin_s` on, of a machine that takes `watts`.
PowerTrace counted(double begin_s, double end_s, double watts, double start_j = 0, std::optional<double> wrap_j = {}) {
  PowerTrace trace{"package-0", "powercap", PowerCoverage::package, true, wrap_j, {}};
  for (int i = 0; begin_s + 0.1 * i <= end_s + 1e-9; ++i) {
    double value = start_j + watts * 0.1 * i;
    if (wrap_j) value = std::fmod(value, *wrap_j);
    trace.readings.push_back({begin_s + 0.1 * i, value});
  }
  return trace;
}

PowerTrace gauged(double begin_s, double end_s, double watts, PowerCoverage coverage = PowerCoverage::gpu) {
  PowerTrace trace{"card", "NVML", coverage, false, {}, {}};
  for (int i = 0; begin_s + 0.1 * i <= end_s + 1e-9; ++i) trace.readings.push_back({begin_s + 0.1 * i, watts});
  return trace;
}

TEST(Energy, ACounterGivesTheJoulesOfAnyWindow) {
  const PowerTrace trace = counted(0, 10, 65);
  EXPECT_NEAR(*joules_between(trace, 0, 10), 650, 1e-6);
  EXPECT_NEAR(*joules_between(trace, 2.03, 7.46), 65 * 5.43, 1e-6);
}

TEST(Energy, ACounterThatGoesRoundLosesNothing) {
  // 262,143 J is where RAPL counters of many processors wrap.
  const PowerTrace trace = counted(0, 10, 65, 262143 - 300, 262143);
  EXPECT_NEAR(*joules_between(trace, 0, 10), 650, 1e-6);
}

TEST(Energy, ACounterThatWasSetAnewSaysNothing) {
  PowerTrace trace = counted(0, 10, 65, 1000);
  trace.readings[50].value = 0;
  EXPECT_FALSE(joules_between(trace, 0, 10));
}

TEST(Energy, WattsAreTheAreaUnderThem) {
  PowerTrace ramp{"card", "hwmon", PowerCoverage::gpu, false, {}, {}};
  for (int i = 0; i <= 10; ++i) ramp.readings.push_back({1.0 * i, 10.0 * i});
  EXPECT_NEAR(*joules_between(ramp, 0, 10), 500, 1e-9);
  EXPECT_NEAR(*joules_between(ramp, 2.5, 7.5), 250, 1e-9);
}

TEST(Energy, AWindowThatWasNotWatchedHasNone) {
  EXPECT_FALSE(joules_between(counted(0, 5, 65), 0, 10));
  EXPECT_FALSE(joules_between(counted(3, 10, 65), 0, 10));
  EXPECT_FALSE(joules_between(counted(0, 10, 65), 5, 5));
  EXPECT_FALSE(joules_between(PowerTrace{}, 0, 1));
  EXPECT_FALSE(window_energy({}, 0, 1, 1, 2, 10.0));
}

TEST(Energy, EveryWattCountsOnce) {
  const std::vector<PowerTrace> all = {counted(0, 30, 40), gauged(0, 30, 5, PowerCoverage::dram),
                                       gauged(0, 30, 200, PowerCoverage::gpu),
                                       gauged(0, 30, 90, PowerCoverage::platform)};
  const auto package = window_energy({all[0], all[1], all[2]}, 0, 5, 10, 30, 100.0);
  EXPECT_NEAR(package->mean_w, 245, 1e-6);
  EXPECT_EQ(package->coverage, "processor package + memory + 1 GPU");
  const auto platform = window_energy(all, 0, 5, 10, 30, 100.0);
  EXPECT_NEAR(platform->mean_w, 290, 1e-6);  // psys has the package in it
  std::vector<PowerTrace> with_battery = all;
  with_battery.push_back(gauged(0, 30, 320, PowerCoverage::battery));
  EXPECT_NEAR(window_energy(with_battery, 0, 5, 10, 30, 100.0)->mean_w, 320, 1e-6);
}

TEST(Energy, NetIsWithoutWhatIdlingTakes) {
  PowerTrace trace = gauged(0, 30, 0);
  for (PowerTrace::Reading& reading : trace.readings) reading.value = reading.at_s < 9 ? 20 : 300;
  const auto energy = window_energy({trace}, 0, 5, 10, 30, 1000.0);
  EXPECT_NEAR(energy->joules, 6000, 1e-6);
  EXPECT_NEAR(*energy->net_joules, 5600, 1e-6);
  EXPECT_NEAR(*energy->joules_per_output_token, 6, 1e-9);
  EXPECT_NEAR(*energy->net_joules_per_output_token, 5.6, 1e-9);
}

TEST(Energy, WithoutTokensOrIdleThereIsNothingToDivideOrTakeOff) {
  const auto energy = window_energy({counted(10, 30, 50)}, 0, 5, 10, 30, std::nullopt);
  EXPECT_FALSE(energy->net_joules);
  EXPECT_FALSE(energy->joules_per_output_token);
  EXPECT_NEAR(energy->joules, 1000, 1e-6);
}

}  // namespace
}  // namespace rigwise
