#include "core/measure/sustained_load.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/stats/random.h"

namespace rigwise {
namespace {

/// Four looks a second for `wall_s` seconds, at a rate that `rate_at` says, give or take `noise` of it.
std::vector<LoadSample> looked(double wall_s, double noise, const std::function<double(double)>& rate_at) {
  std::vector<LoadSample> samples;
  Random random(7);
  for (double at_s = 0; at_s <= wall_s; at_s += 0.25)
    samples.push_back({at_s, rate_at(at_s) * (1 + noise * random.normal()), {}, {}, {}});
  return samples;
}

TEST(SustainedLoad, AMachineThatKeepsItsSpeedIsNotThrottled) {
  const auto load = sustained_load(looked(60, 0.01, [](double) { return 50.0; }));
  ASSERT_TRUE(load);
  EXPECT_FALSE(load->is_throttled);
  EXPECT_NEAR(load->steady, 50, 0.5);
  EXPECT_LT(load->drop_interval.low, 0.01);
  EXPECT_FALSE(load->drop_at_s);
}

TEST(SustainedLoad, AFallIsFoundWithItsSizeAndItsTime) {
  const auto load = sustained_load(looked(60, 0.02, [](double s) { return s < 23 ? 50.0 : 40.0; }));
  ASSERT_TRUE(load);
  EXPECT_TRUE(load->is_throttled);
  EXPECT_NEAR(load->drop, 0.2, 0.03);
  EXPECT_LE(load->drop_interval.low, 0.2);
  EXPECT_GE(load->drop_interval.high, 0.19);
  EXPECT_NEAR(*load->drop_at_s, 23, 0.6);
}

TEST(SustainedLoad, ASlowDeclineIsFoundToo) {
  const auto load = sustained_load(looked(120, 0.01, [](double s) { return 50 - 12 * (1 - std::exp(-s / 30)); }));
  ASSERT_TRUE(load);
  EXPECT_TRUE(load->is_throttled);
  EXPECT_NEAR(load->drop, 0.22, 0.03);
}

TEST(SustainedLoad, NoiseAloneIsNoThrottling) {
  for (const double drop : {0.0, 0.02, 0.04}) {
    const auto load = sustained_load(looked(60, 0.08, [&](double s) { return s < 20 ? 50 : 50 * (1 - drop); }));
    ASSERT_TRUE(load);
    EXPECT_FALSE(load->is_throttled) << drop;
  }
}

TEST(SustainedLoad, AShortRunSaysNothing) {
  EXPECT_FALSE(sustained_load(looked(6, 0, [](double) { return 50.0; })));
  EXPECT_FALSE(sustained_load({}));
  EXPECT_FALSE(sustained_load({{0, 1, {}, {}, {}}, {60, 1, {}, {}, {}}}));
}

TEST(SustainedLoad, SensorsAreToldWhereTheyAreThere) {
  std::vector<LoadSample> samples = looked(60, 0, [](double s) { return s < 20 ? 50.0 : 40.0; });
  EXPECT_EQ(sustained_words(*sustained_load(samples)).find("MHz"), std::string::npos);
  for (LoadSample& sample : samples) {
    sample.temperature_c = sample.at_s < 20 ? 45 + sample.at_s * 2 : 90;
    sample.clock_mhz = sample.at_s < 20 ? 3000 : 2400;
    sample.power_w = 100;
  }
  const SustainedLoad load = *sustained_load(samples);
  EXPECT_EQ(*load.temperature_first_c, 45);
  EXPECT_EQ(*load.temperature_most_c, 90);
  EXPECT_EQ(*load.clock_last_mhz, 2400);
  EXPECT_EQ(*load.power_mean_w, 100);
  EXPECT_EQ(
      sustained_words(load),
      "20 % slower at the end of 60 s (slower by 20 to 20 %): it slows down under load, after 20 s; 45 to 90 C; clock "
      "3000 to 2400 MHz");
}

}  // namespace
}  // namespace rigwise
