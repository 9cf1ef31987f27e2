// Recorded answers of many machines (tests/probe/machines/README.md): what is found, what it is in the catalog, and how
// much memory a model may take. Complaints of users of other tools are tests here: they are named by issue.
#include <gmock/gmock.h>

#include "recordings.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Known {
  const char* recording;
  const char* setup;      ///< what rigwise would predict for
  const char* processor;  ///< id, or "" when the catalog lacks it
  double memory_gb;       ///< RAM that the system sees
  double usable_gb;       ///< of the first pool
  double peak_gbps = 0;   ///< of the memory, when its modules say so; 0: they do not
};

// Usable memory by the rules of memory_pools(), worked out by hand: 24,564 MiB x 0.94 = 24.2 GB, and so on.
constexpr Known kMachines[] = {
    {"rtx-4090-desktop", "nvidia-geforce-rtx-4090", "amd-ryzen-9-7950x", 66.6, 24.2, 96},
    {"dual-rtx-3090", "2x nvidia-geforce-rtx-3090", "amd-ryzen-9-5950x", 135, 24.2},
    {"h100-server-8x", "8x nvidia-h100-80gb-sxm", "", 2164, 80.4},
    {"dgx-spark", "nvidia-dgx-spark", "", 128.5, 118.3},
    {"strix-halo-laptop", "here", "", 131.3, 66.2, 256},
    {"framework-desktop-96gb-carveout", "framework-desktop-max-395-128gb", "", 33.2, 119.7},
    {"framework-desktop-two-drivers", "framework-desktop-max-395-128gb", "", 33.2, 119.7},
    {"intel-p-e-laptop-on-battery", "here", "", 33.4, 30.7},
    {"vm-without-l3", "here", "", 16.8, 15.3},
    {"macbook-pro-m4-max-128gb", "apple-macbook-pro-16-m4-max-40c-128gb", "", 137.4, 103.1},
    {"mac-studio-m2-ultra-192gb", "apple-mac-studio-m2-ultra-76c-192gb", "", 206.2, 188.7},
    {"epyc-9654-2p-numa", "amd-epyc-9654-2p", "amd-epyc-9654-2p", 1622.8, 1493, 921.6},
    {"raspberry-pi-5-8gb", "raspberry-pi-5-8gb", "", 8.45, 6.95},
    {"jetson-agx-orin-64gb", "nvidia-jetson-agx-orin-64gb", "", 65.9, 60.6},
    {"intel-arc-b580", "intel-arc-b580", "intel-core-i9-13900k", 67.2, 12.04},
    {"cloud-vm-amazon", "here", "", 33.2, 30.5},
    {"container-cgroup-v2", "here", "amd-epyc-7763-1p", 540.8, 15.7},
    {"wsl2-rtx-4070-laptop", "nvidia-geforce-rtx-4070-laptop-8gb", "", 16.6, 8.07},
    {"a100-mig", "here", "", 1081.8, 42.4},
    {"radeon-rx-7900-xtx", "amd-radeon-rx-7900-xtx", "amd-ryzen-7-5700x", 33.6, 24.2},
    {"real-vm-2-cores", "here", "", 25.3, 23.3},
    {"windows-rtx-5090", "nvidia-geforce-rtx-5090", "intel-core-ultra-9-285k", 68.4, 32.1, 102.4},
};

class Recording : public testing::TestWithParam<Known> {};

TEST_P(Recording, IsFoundInTheCatalogWithItsMemory) {
  const Known& known = GetParam();
  const FoundMachine machine = found(known.recording);
  const MachineInCatalog in_catalog = match_machine(whole_catalog(), machine);
  EXPECT_EQ(in_catalog.setup, known.setup);
  const Device* processor = in_catalog.processor.device;
  EXPECT_EQ(processor == nullptr ? "" : processor->id, known.processor);
  ASSERT_TRUE(machine.memory_total);
  EXPECT_NEAR(in_gb(*machine.memory_total), known.memory_gb, 0.01 * known.memory_gb);
  ASSERT_THAT(machine.pools, Not(IsEmpty()));
  EXPECT_NEAR(in_gb(machine.pools.front().usable), known.usable_gb, 0.01 * known.usable_gb)
      << machine.pools.front().rule;
  EXPECT_NEAR(machine.memory_peak ? machine.memory_peak->value / kGb : 0, known.peak_gbps, 0.01 * known.peak_gbps);
}

TEST_P(Recording, SaysWhereEveryFactWasRead) {
  const FoundMachine machine = found(GetParam().recording);
  for (const MachineFact& fact : machine.facts.facts()) {
    EXPECT_FALSE(fact.source.empty()) << fact.key;
    EXPECT_FALSE(fact.text.empty()) << fact.key;
  }
}

TEST_P(Recording, SaysLessWhenAnAnswerIsMissingAndNothingElse) {
  for (const ProbeAnswer& answer : recorded(GetParam().recording)) {
    const FoundMachine less = found_without(GetParam().recording, answer.name);
    const MachineInCatalog in_catalog = match_machine(whole_catalog(), less);
    EXPECT_FALSE(in_catalog.setup.empty()) << answer.name;
    EXPECT_LE(less.facts.facts().size(), found(GetParam().recording).facts.facts().size()) << answer.name;
  }
}

TEST_P(Recording, MayBreakOffAnywhere) {
  const std::string text = write_probe_report(recorded(GetParam().recording));
  for (std::size_t length = 0; length < text.size(); length += 97) {
    const FoundMachine machine = find_machine(read_probe_answers(parse_probe_report(text.substr(0, length))));
    for (const MemoryPool& pool : machine.pools) EXPECT_LE(pool.usable.value, pool.total.value * 1.0001);
  }
}

TEST_P(Recording, NamesNoSingleMachine) {
  const Result<std::string> text = read_file(kRecordings + GetParam().recording + ".txt");
  ASSERT_TRUE(text);
  EXPECT_EQ(redact_probe_text(*text), *text);
}

INSTANTIATE_TEST_SUITE_P(Machines, Recording, testing::ValuesIn(kMachines), [](const auto& machine) {
  std::string name = machine.param.recording;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Recordings, EachHasItsLineAbove) {
  const Result<std::vector<std::string>> files = list_files(kRecordings);
  ASSERT_TRUE(files);
  for (const std::string& file : *files) {
    if (!file.ends_with(".txt")) continue;
    EXPECT_THAT(kMachines, Contains(testing::Field(&Known::recording, file.substr(0, file.size() - 4)))) << file;
  }
}

// llmfit#964, #194: 31 of 128 GB on a Strix Halo whose firmware sets 96 GB aside.
TEST(Unified, CarveOutAndMappableMemoryAreOnePool) {
  const FoundMachine machine = found("framework-desktop-96gb-carveout");
  ASSERT_EQ(machine.pools.size(), 2U);
  EXPECT_TRUE(machine.pools[0].unified);
  EXPECT_NEAR(in_gb(machine.pools[0].usable), 103.1 + 16.6, 0.5);
  EXPECT_THAT(machine.pools[0].rule, HasSubstr("GTT"));
}

// llmfit#102, #93, llama.cpp#16832: a GB10 reports no memory of its own.
TEST(Unified, AGb10TakesTheMachinesRam) {
  const FoundMachine machine = found("dgx-spark");
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_TRUE(machine.gpus[0].unified);
  EXPECT_FALSE(machine.gpus[0].memory);
  EXPECT_GT(in_gb(machine.pools[0].usable), 100);
}

// NVML of a GB10 answers "not supported" to every question about memory: its name is enough.
TEST(Unified, AGb10WhoseLibraryTellsNothingStillTakesTheMachinesRam) {
  const FoundMachine machine = find_machine(
      read_probe_answers({{"meminfo", "MemTotal: 125500000 kB"},
                          {"nvml.json", R"({"driver": "580.82.09", "cards": [{"name": "NVIDIA GB10"}]})"}}));
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_TRUE(machine.gpus[0].unified);
  EXPECT_GT(in_gb(machine.pools.at(0).usable), 100);
}

// llmfit#194: VRAM of an APU is what the firmware set aside (512 MB), and no more than a part of what models may take.
TEST(Unified, AnApuWithASmallCarveOutTakesWhatItsDriverMaps) {
  const FoundMachine machine = found("strix-halo-laptop");
  EXPECT_EQ(machine.gpus.at(0).memory->value, 512 * kMib);
  EXPECT_NEAR(machine.pools.at(0).usable.value, 512 * kMib + 65671897088.0, 1);
  EXPECT_THAT(machine.pools[0].rule, HasSubstr("GTT"));
}

// llmfit#792: so does a Jetson, whose name says so.
TEST(Unified, AJetsonTakesTheMachinesRam) { EXPECT_TRUE(found("jetson-agx-orin-64gb").gpus.at(0).unified); }

// llmfit#570, #754: a limit that somebody raised counts, not the share that macOS would have allowed.
TEST(Unified, AWiredLimitThatIsSetCounts) {
  const FoundMachine machine = found("mac-studio-m2-ultra-192gb");
  EXPECT_NEAR(machine.pools[0].usable.value, 180000 * kMib, 1);
  EXPECT_THAT(machine.pools[0].rule, HasSubstr("iogpu.wired_limit_mb"));
}

// llmfit#55: AdapterRAM has 32 bits and says 4 GB of a card with 32.
TEST(Windows, MemoryOfACardIsReadWhereItHas64Bits) {
  EXPECT_NEAR(in_gb(found("windows-rtx-5090").gpus.at(0).memory.value()), 34.2, 0.1);
}

// WMI's AdapterRAM alone: 4,095 MB of a card with 24 GB. Nothing is better than that.
TEST(Windows, WithoutTheRegistryACardSaysNoMemory) {
  const FoundMachine machine = find_machine(read_probe_answers(
      {{"windows.json",
        R"({"Win32_VideoController": {"Name": "NVIDIA GeForce RTX 3090", "AdapterRAM": 4293918720}})"}}));
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_FALSE(machine.gpus[0].memory);
  EXPECT_THAT(machine.notes, Contains(HasSubstr("does not say how much memory it has")));
}

// One chip, three Vulkan devices: Mesa's driver, AMD's own, and the processor in disguise.
TEST(Drivers, AGpuSeenThroughSeveralIsOne) {
  const FoundMachine machine = found("framework-desktop-two-drivers");
  ASSERT_EQ(machine.gpus.size(), 1U);
  EXPECT_EQ(machine.gpus[0].id, "0000:c1:00.0");
  EXPECT_EQ(machine.facts.members("vulkan").size(), 3U) << "every driver's words are kept";
  EXPECT_EQ(machine.facts.text("vulkan/2/kind"), "software");
}

TEST(Drivers, AMemoryInTwoHeapsIsOne) {
  const FactSheet facts = found("framework-desktop-two-drivers").facts;
  EXPECT_EQ(facts.number("vulkan/0/memory_bytes"), 103079215104.0);
  EXPECT_EQ(facts.number("vulkan/1/memory_bytes"), facts.number("vulkan/0/memory_bytes"));
}

// A card of NVIDIA's is told of by its library, its tool, sysfs and Vulkan.
TEST(Drivers, ACardOfWhichFourSourcesTellIsOne) {
  std::vector<ProbeAnswer> answers = recorded("rtx-4090-desktop");
  answers.push_back(
      {"nvml.json", R"({"cards": [{"name": "NVIDIA GeForce RTX 4090", "pci_address": "0000:01:00.0"}]})"});
  answers.push_back({"vulkan.json", R"({"devices": [{"name": "NVIDIA GeForce RTX 4090", "kind": "discrete",
      "driver": "NVIDIA 570.124.06", "pci_address": "0000:01:00.0", "memory_bytes": 25757220864}]})"});
  const FoundMachine machine = find_machine(read_probe_answers(answers));
  EXPECT_EQ(machine.gpus.size(), found("rtx-4090-desktop").gpus.size());
  EXPECT_THAT(machine.disagreements, IsEmpty());
}

// llmfit#840, #25: an iGPU beside a card is no card.
TEST(Cards, AnIgpuBesideACardIsNoCard) {
  const FoundMachine machine = found("rtx-4090-desktop");
  ASSERT_EQ(machine.gpus.size(), 2U);
  EXPECT_FALSE(machine.gpus[0].unified);
  EXPECT_TRUE(machine.gpus[1].unified);
  EXPECT_EQ(match_machine(whole_catalog(), machine).setup, "nvidia-geforce-rtx-4090");
}

FoundGpu card(const char* name, double memory_gib) {
  FoundGpu gpu;
  gpu.name = name;
  gpu.vendor = "NVIDIA";
  gpu.memory = gib(memory_gib);
  return gpu;
}

// llmfit#830, #239: a notebook's chip of the same number is another chip.
TEST(Cards, ALaptopChipIsNotTheCardOfThatNumber) {
  FoundGpu gpu = card("NVIDIA GeForce RTX 4090 Laptop GPU", 16);
  EXPECT_EQ(match_gpu(whole_catalog(), gpu).device->id, "nvidia-geforce-rtx-4090-laptop-16gb");
  gpu.name = "NVIDIA GeForce RTX 4090";
  EXPECT_EQ(match_gpu(whole_catalog(), gpu).device, nullptr) << "16 GB is no RTX 4090's memory";
}

TEST(Cards, OneThatIsNotInTheCatalogHasNearestNames) {
  const CatalogMatch match = match_gpu(whole_catalog(), card("NVIDIA GeForce RTX 3095", 24));
  EXPECT_EQ(match.device, nullptr);
  EXPECT_THAT(match.nearest, Contains(HasSubstr("rtx-3090")));
}

TEST(Cards, TheListOfPciDevicesNamesSeveralAndMemoryTellsThemApart) {
  const FoundMachine machine = found("radeon-rx-7900-xtx");
  EXPECT_THAT(machine.gpus.at(0).other_names,
              ElementsAre("Radeon RX 7900 XT", "Radeon RX 7900 XTX", "Radeon RX 7900 GRE", "Radeon RX 7900M"));
}

TEST(Cards, ASliceIsNoWholeCard) {
  const FoundMachine machine = found("a100-mig");
  ASSERT_EQ(machine.gpus.size(), 2U);
  for (const FoundGpu& gpu : machine.gpus) EXPECT_TRUE(gpu.is_slice);
}

TEST(Cards, FewerLanesThanTheyCouldHaveAreSaid) {
  EXPECT_THAT(found("dual-rtx-3090").notes, Contains(HasSubstr("4 of 16 PCIe lanes")));
}

TEST(Containers, TheLimitCountsNotTheHost) {
  const FoundMachine machine = found("container-cgroup-v2");
  EXPECT_TRUE(machine.in_container);
  EXPECT_EQ(machine.usable_threads, 8);
  EXPECT_NEAR(in_gb(*machine.memory_allowed()), 17.2, 0.1);
  EXPECT_THAT(machine.notes, Contains(HasSubstr("8 of 128 hardware threads")));
}

TEST(Containers, VersionOneSaysItOtherwise) {
  const FoundMachine machine = find_machine(read_probe_answers(
      {{"meminfo", "MemTotal: 67108864 kB"},
       {"sysfs",
        "/sys/devices/system/cpu/online: 0-31\n/sys/fs/cgroup/memory/memory.limit_in_bytes: 9223372036854771712\n"
        "/sys/fs/cgroup/memory/box/memory.limit_in_bytes: 8589934592\n/sys/fs/cgroup/cpu/cpu.cfs_quota_us: 150000\n"
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us: 100000"}}));
  EXPECT_NEAR(in_gib(*machine.memory_allowed()), 8, 0.01);
  EXPECT_EQ(machine.usable_threads, 1.5);
}

TEST(Containers, NoLimitIsNone) {
  const FoundMachine machine =
      find_machine(read_probe_answers({{"meminfo", "MemTotal: 67108864 kB"},
                                       {"sysfs",
                                        "/sys/fs/cgroup/memory.max: max\n/sys/fs/cgroup/cpu.max: max 100000\n"
                                        "/sys/fs/cgroup/memory/memory.limit_in_bytes: 9223372036854771712"}}));
  EXPECT_FALSE(machine.memory_limit);
}

TEST(Cores, OfTwoKindsAreToldApart) {
  const FoundMachine machine = found("intel-p-e-laptop-on-battery");
  EXPECT_EQ(machine.cores, 12);
  EXPECT_EQ(machine.threads, 16);
  EXPECT_THAT(machine.fast_processors, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
  EXPECT_EQ(machine.slow_threads, 8);
  EXPECT_THAT(machine.notes, Contains(HasSubstr("8 of efficient ones")));
  EXPECT_FALSE(found("rtx-4090-desktop").slow_threads) << "all of its cores are alike";
}

TEST(Power, ABatteryIsSaidAndWarnedOf) {
  const FoundMachine machine = found("intel-p-e-laptop-on-battery");
  EXPECT_EQ(machine.power.source, "battery");
  EXPECT_EQ(machine.power.boost, true);
  EXPECT_THAT(machine.notes, Contains(HasSubstr("plug it in")));
  EXPECT_THAT(machine.notes, Each(Not(HasSubstr("at their lowest")))) << "intel_pstate's powersave follows the load";
}

TEST(Power, ALiveCableCountsWhateverTheBatterySays) {
  const auto source = [](const char* sysfs) {
    return find_machine(read_probe_answers({{"sysfs", sysfs}})).power.source;
  };
  EXPECT_EQ(source("/sys/class/power_supply/ADP1/online: 1\n/sys/class/power_supply/BAT0/type: Battery\n"
                   "/sys/class/power_supply/BAT0/status: Discharging"),
            "mains");
  EXPECT_EQ(source("/sys/class/power_supply/BAT0/type: Battery\n/sys/class/power_supply/BAT0/status: Full"), "mains");
  EXPECT_EQ(source("/sys/class/power_supply/mouse/type: Battery\n/sys/class/power_supply/mouse/scope: Device\n"
                   "/sys/class/power_supply/mouse/status: Discharging"),
            "")
      << "a mouse powers nothing";
}

// Boards whose modules say "DIMM 0" and no channel: the memory controllers count them. Written after the kernel's
// ABI/testing/sysfs-devices-edac.
TEST(Memory, ChannelsThatModulesDoNotNameAreCountedByTheControllers) {
  const std::string module =
      "Memory Device\n\tSize: 32 GB\n\tData Width: 64 bits\n\tLocator: DIMM 0\n\tType: DDR4\n"
      "\tConfigured Memory Speed: 3200 MT/s\n";
  const std::string place = "/sys/devices/system/edac/mc/mc0/dimm";
  const FoundMachine machine = find_machine(read_probe_answers(
      {{"dmidecode", module + module + module + module},
       {"sysfs", place + "0/dimm_location: channel 0 slot 0\n" + place + "1/dimm_location: channel 0 slot 1\n" + place +
                     "2/dimm_location: channel 1 slot 0\n" + place + "3/dimm_location: channel 1 slot 1\n"}}));
  ASSERT_TRUE(machine.memory_peak);
  EXPECT_NEAR(machine.memory_peak->value, 51.2e9, 1);
  EXPECT_EQ(machine.memory_kind, "DDR4-3200, 2 channels");
  EXPECT_FALSE(find_machine(read_probe_answers({{"dmidecode", module + module}})).memory_peak) << "nobody counted them";
}

TEST(Virtual, AHiddenLastLevelCacheIsSaid) {
  const FoundMachine machine = found("vm-without-l3");
  EXPECT_TRUE(machine.hides_last_level);
  EXPECT_FALSE(machine.memory_peak) << "QEMU's modules say no rate";
  EXPECT_THAT(machine.notes, Contains(HasSubstr("no cache beyond the second level")));
  EXPECT_FALSE(found("cloud-vm-amazon").hides_last_level);
}

TEST(Numa, NodesAndCachesOfBothSocketsCount) {
  const FoundMachine machine = found("epyc-9654-2p-numa");
  EXPECT_EQ(machine.numa_nodes, 2);
  EXPECT_EQ(machine.sockets, 2);
  EXPECT_NEAR(machine.last_level_cache->value, 24 * 32 * kMib, 1);
  EXPECT_THAT(machine.memory_kind, HasSubstr("24 channels"));
}

TEST(Virtual, MachinesAreNamed) {
  EXPECT_EQ(found("cloud-vm-amazon").virtualisation, "Amazon EC2");
  EXPECT_EQ(found("wsl2-rtx-4070-laptop").virtualisation, "WSL 2");
  EXPECT_EQ(found("rtx-4090-desktop").virtualisation, "");
}

TEST(Sources, AllAreKeptAndThoseThatDifferAreShown) {
  std::vector<ProbeAnswer> answers = recorded("rtx-4090-desktop");
  answers.push_back(
      {"nvidia-smi.csv", "name, pci.bus_id, memory.total [MiB]\nNVIDIA RTX 4090 D, 00000000:01:00.0, 49140 MiB"});
  const FoundMachine machine = find_machine(read_probe_answers(answers));
  std::vector<std::string> keys;
  for (const Disagreement& d : machine.disagreements) keys.push_back(d.key);
  EXPECT_THAT(keys, Contains("gpu/0000:01:00.0/memory_bytes"));
  EXPECT_NEAR(in_gib(*machine.gpus[0].memory), 24, 0.1) << "the more trusted one is believed";
  EXPECT_THAT(found("rtx-4090-desktop").disagreements, IsEmpty());
}

}  // namespace
}  // namespace rigwise
