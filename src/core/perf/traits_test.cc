#include "core/perf/traits.h"

#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"

namespace rigwise {
namespace {

using namespace shapes;

TEST(DeviceTraits, CountMultiprocessorsOfEachFamily) {
  EXPECT_DOUBLE_EQ(device_traits(rtx_4090(), false).units, 128);
  EXPECT_DOUBLE_EQ(device_traits(h100(), false).units, 132);
  EXPECT_DOUBLE_EQ(device_traits(a100(), false).units, 108) << "GA100 has half as many lanes in a multiprocessor";
}

TEST(DeviceTraits, SeeAPowerLimit) {
  const double full = device_traits(rtx_4090(), false).power_ratio;
  EXPECT_NEAR(full, 1, 0.05);
  EXPECT_NEAR(device_traits(rtx_4090(), false, 225.0).power_ratio, full / 2, 1e-9);
}

TEST(DeviceTraits, TakeTheProcessorWhenItRunsTheModel) {
  Device laptop = unified("laptop", 64, 0.75, Processor::apple_gpu);
  laptop.family = "apple-m4";
  laptop.gpu_cores = 40;
  laptop.cpu_cores = 16;
  EXPECT_DOUBLE_EQ(device_traits(laptop, false).units, 40);
  EXPECT_DOUBLE_EQ(device_traits(laptop, true).units, 16);
  EXPECT_GT(device_traits(laptop, true).clock_ghz, device_traits(laptop, false).clock_ghz);
}

TEST(DeviceTraits, KnowChipsThatGetLessPowerThanTheirClockNeeds) {
  Device b50 = card("arc-pro-b50", 16, 224, 2048, 85);
  b50.vendor = "Intel";
  b50.family = "intel-battlemage";
  b50.power_max = Watts{70};
  EXPECT_NEAR(device_traits(b50, false).power_ratio, 70.0 / 16 / 9.5, 1e-9);
}

TEST(DeviceTraits, TakeTuringWithoutMatrixUnitsForPascal) {
  Device gtx_1650 = card("gtx-1650", 4, 128, 896, 6);
  gtx_1650.family = "nvidia-turing";
  gtx_1650.matrix_unit = false;
  EXPECT_EQ(device_traits(gtx_1650, false).generation, Generation::pascal);
  EXPECT_DOUBLE_EQ(device_traits(gtx_1650, false).units, 7);
  gtx_1650.matrix_unit = true;
  EXPECT_EQ(device_traits(gtx_1650, false).generation, Generation::turing);
}

TEST(DeviceTraits, SayWhenTheCoresAreAnEstimate) {
  Device unknown = rtx_4090();
  unknown.gpu_cores.reset();
  const DeviceTraits traits = device_traits(unknown, false);
  EXPECT_TRUE(traits.estimated);
  EXPECT_GT(traits.unit_rate(), 0);
  EXPECT_DOUBLE_EQ(traits.power_ratio, 1);
}

TEST(DeviceTraits, KnowEveryFamilyOfTheCatalogsDocumentation) {
  for (const char* family :
       {"nvidia-pascal", "nvidia-volta", "nvidia-turing", "nvidia-ampere", "nvidia-ada", "nvidia-hopper",
        "nvidia-blackwell", "nvidia-grace-blackwell", "amd-rdna2", "amd-rdna3", "amd-rdna3.5", "amd-rdna4", "amd-cdna3",
        "intel-alchemist", "intel-battlemage", "apple-m1", "apple-m5", "cpu-x86", "cpu-arm"}) {
    EXPECT_NE(generation_of(family), Generation::other) << family;
  }
  EXPECT_EQ(generation_of("a-chip-of-tomorrow"), Generation::other);
}

}  // namespace
}  // namespace rigwise
