#include <gtest/gtest.h>

#include "codec/probe_answers.h"
#include "core/machine/found_machine.h"

namespace rigwise {
namespace {

FoundMachine found_by(const char* name, const char* text) { return find_machine(read_probe_answers({{name, text}})); }

TEST(VulkanAnswer, ASoftwareDeviceIsNoCard) {
  const FoundMachine machine = found_by("vulkan.json", R"j({"devices": [{"name": "llvmpipe (LLVM 15.0.6, 256 bits)",
    "kind": "software", "driver": "llvmpipe Mesa 22.3.6", "memory_bytes": 25e9, "pci_address": "0000:00:00.0"}]})j");
  EXPECT_TRUE(machine.gpus.empty());
  EXPECT_EQ(machine.facts.text("vulkan/0/kind"), "software");
}

TEST(VulkanAnswer, ACardThatNobodyElseNamesIsFound) {
  const FoundMachine machine = found_by("vulkan.json", R"j({"devices": [{"name": "AMD Radeon RX 7900 XTX (RADV NAVI31)",
    "kind": "discrete", "driver": "radv Mesa 24.1", "memory_bytes": 25753026560, "pci_address": "0000:03:00.0"}]})j");
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_EQ(machine.gpus[0].name, "AMD Radeon RX 7900 XTX");
  EXPECT_EQ(machine.gpus[0].vendor, "AMD");
  EXPECT_FALSE(machine.gpus[0].unified);
  EXPECT_EQ(machine.gpus[0].memory->value, 25753026560.0);
}

TEST(VulkanAnswer, AnIntegratedOneTakesTheMachinesMemory) {
  const FoundMachine machine = found_by("vulkan.json", R"j({"devices": [{"name": "Intel(R) Graphics (ADL GT2)",
    "kind": "integrated", "memory_bytes": 16e9, "pci_address": "0000:00:02.0"}]})j");
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_TRUE(machine.gpus[0].unified);
  EXPECT_FALSE(machine.gpus[0].memory);
}

TEST(VulkanAnswer, OneWithoutAnAddressIsNotCountedBesideItsTwin) {
  const FoundMachine machine = found_by("vulkan.json", R"j({"devices": [{"name": "NVIDIA GeForce RTX 4090",
    "kind": "discrete", "memory_bytes": 25e9}]})j");
  EXPECT_TRUE(machine.gpus.empty());
}

TEST(LibraryAnswers, BrokenOnesSayNothing) {
  for (const char* text :
       {"", "{", "[]", "{\"cards\": 3}", "{\"devices\": {\"name\": []}}", "{\"cards\": [1, null, {}]}",
        "{\"devices\": [\"x\", {\"name\": {\"a\": 1}, \"pci_address\": 7}]}"}) {
    EXPECT_TRUE(found_by("nvml.json", text).gpus.empty()) << text;
    EXPECT_TRUE(found_by("vulkan.json", text).gpus.empty()) << text;
  }
}

}  // namespace
}  // namespace rigwise
