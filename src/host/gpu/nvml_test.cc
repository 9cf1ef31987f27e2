// NVIDIA's library as recorded machines answer it (tests/probe/fake_nvml.cc, tests/probe/cards).
#include "host/gpu/nvml.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "codec/probe_answers.h"
#include "core/machine/found_machine.h"
#include "host/power/power_sensors.h"
#include "host/probe/gpu_answers.h"

namespace rigwise {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<std::unique_ptr<NvmlLibrary>> recorded_cards(const std::string& name) {
  setenv("RIGWISE_FAKE_NVML", (RIGWISE_SOURCE_DIR "/tests/probe/cards/" + name + ".txt").c_str(), 1);
  return NvmlLibrary::open(RIGWISE_FAKE_NVML_LIBRARY);
}

TEST(Nvml, ACardSaysWhatItIsAndDoes) {
  const auto nvml = recorded_cards("rtx-4090");
  ASSERT_TRUE(nvml);
  ASSERT_EQ((*nvml)->count(), 1U);
  EXPECT_EQ((*nvml)->driver(), "570.124.06");
  const NvmlCard card = (*nvml)->card(0);
  EXPECT_EQ(card.name, "NVIDIA GeForce RTX 4090");
  EXPECT_EQ(card.pci_address, "0000:01:00.0");
  EXPECT_EQ(card.memory_bytes, 25757220864.0);
  EXPECT_EQ(card.link_gen, 4);
  EXPECT_EQ(card.link_lanes, 16);
  EXPECT_EQ(card.power_limit_w, 450);
  EXPECT_NEAR(*card.power_w, 438.2, 1e-9);
  EXPECT_NEAR(*card.energy_j, 91823.774, 1e-6);
  EXPECT_EQ(card.temperature_c, 71);
  EXPECT_EQ(card.clock_mhz, 2520);
  EXPECT_FALSE(card.ecc);
  EXPECT_THAT(card.limits, ElementsAre("power cap"));
}

TEST(Nvml, ACardIsFoundByItsUuidWhichIsNeverShown) {
  const auto nvml = recorded_cards("rtx-4090");
  EXPECT_EQ(nvml_address(**nvml, "00000000-0000-4090-0000-000000000001"), "0000:01:00.0");
  EXPECT_EQ(nvml_address(**nvml, "00000000-0000-4090-0000-000000000002"), "");
  EXPECT_EQ(nvml_address(**nvml, ""), "");
  EXPECT_EQ(nvml_answer(RIGWISE_FAKE_NVML_LIBRARY).find("4090-0000"), std::string::npos);
}

TEST(Nvml, TheMemorysPeakIsItsClockTwiceTimesItsWidth) {
  EXPECT_NEAR(*(*recorded_cards("rtx-4090"))->card(0).memory_peak_gbps(), 1008.1, 0.1);
  EXPECT_NEAR(*(*recorded_cards("h100-pair"))->card(0).memory_peak_gbps(), 3352.3, 0.1);
  EXPECT_FALSE((*recorded_cards("gb10"))->card(0).memory_peak_gbps());
}

TEST(Nvml, ALostCardIsAFaultAndTheOthersAreTold) {
  const auto nvml = recorded_cards("h100-pair");
  ASSERT_EQ((*nvml)->count(), 2U);
  EXPECT_EQ((*nvml)->card(0).ecc, true);
  EXPECT_THAT((*nvml)->card(1).fault, HasSubstr("lost"));
  EXPECT_TRUE((*nvml)->card(1).name.empty());
}

TEST(Nvml, WhatACardDoesNotSayIsAbsent) {
  const NvmlCard card = (*recorded_cards("gb10"))->card(0);
  EXPECT_EQ(card.name, "NVIDIA GB10");
  EXPECT_FALSE(card.memory_bytes || card.power_limit_w || card.energy_j || card.link_gen || card.ecc);
  EXPECT_NEAR(*card.power_w, 11.4, 1e-9);
}

TEST(Nvml, ADriverOfAnotherVersionIsSaidPlainly) {
  const auto nvml = recorded_cards("version-mismatch");
  ASSERT_FALSE(nvml);
  EXPECT_THAT(nvml.error().message, HasSubstr("different versions"));
  EXPECT_FALSE(NvmlLibrary::open("libnvidia-ml-that-is-not-here.so.1"));
}

TEST(Nvml, ItsAnswerSaysTheSameOfAMachineAsTheTools) {
  recorded_cards("rtx-4090");
  const FoundMachine machine =
      find_machine(read_probe_answers({{"nvml.json", nvml_answer(RIGWISE_FAKE_NVML_LIBRARY)}}));
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_EQ(machine.gpus[0].id, "0000:01:00.0");
  EXPECT_EQ(machine.gpus[0].name, "NVIDIA GeForce RTX 4090");
  EXPECT_EQ(machine.gpus[0].vendor, "NVIDIA");
  EXPECT_EQ(machine.gpus[0].memory->value, 25757220864.0);
  EXPECT_EQ(machine.gpus[0].link_lanes_max, 16);
  EXPECT_EQ(machine.gpus[0].driver, "570.124.06");
  EXPECT_THAT(nvml_answer("libnvidia-ml-that-is-not-here.so.1"), "");
}

TEST(Nvml, CardsAreSourcesOfPower) {
  for (const auto& [machine, from] : {std::pair("rtx-4090", "NVML total energy"), std::pair("gb10", "NVML power")}) {
    Result<std::unique_ptr<NvmlLibrary>> nvml = recorded_cards(machine);
    const PowerSensors found = find_power_sensors("/nowhere", std::shared_ptr<const NvmlLibrary>(std::move(*nvml)));
    ASSERT_EQ(found.sensors.size(), 1U) << machine;
    EXPECT_EQ(found.sensors[0].about.from, from);
    EXPECT_EQ(found.sensors[0].about.coverage, PowerCoverage::gpu);
    EXPECT_GT(found.sensors[0].read().value_or(0), 0);
  }
}

}  // namespace
}  // namespace rigwise
