#include <algorithm>

#include "core/base/text.h"
#include "core/machine/found_machine.h"

namespace rigwise {
namespace {

constexpr double kCardShare = 0.94;
constexpr double kSystemShare = 0.08, kSystemLeastGb = 1.5, kSystemMostShare = 0.5;
constexpr double kAppleSmallGb = 37, kAppleSmallShare = 2.0 / 3, kAppleShare = 0.75;

/// What is left of RAM for a model once the system has its share.
Bytes without_system(Bytes ram) {
  const double least = std::min(kSystemLeastGb * kGb, kSystemMostShare * ram.value);
  return {ram.value - std::max(kSystemShare * ram.value, least)};
}

MemoryPool card_pool(const FoundGpu& gpu) {
  MemoryPool pool{gpu.name, *gpu.memory, *gpu.memory * kCardShare, "its own memory less 6 % for driver and display"};
  if (gpu.is_slice) {
    pool.usable = *gpu.memory;
    pool.rule = "the slice's memory";
  }
  return pool;
}

MemoryPool apple_pool(const FoundMachine& machine, const std::string& name, Bytes ram) {
  const std::optional<double> limit = machine.facts.number("apple/wired_limit_mb");
  if (limit && *limit > 0) {
    return {name, ram, std::min(mib(*limit), ram), "the wired limit that is set (iogpu.wired_limit_mb)", true};
  }
  const bool small = in_gb(ram) < kAppleSmallGb;
  return {name, ram, ram * (small ? kAppleSmallShare : kAppleShare),
          small ? "two thirds of the RAM: macOS's default up to 36 GB" : "three quarters of the RAM: macOS's default",
          true};
}

MemoryPool unified_pool(const FoundMachine& machine, const FoundGpu& gpu, Bytes ram) {
  if (gpu.vendor == "Apple") return apple_pool(machine, gpu.name, ram);
  const Bytes carved = gpu.vendor == "AMD" ? gpu.memory.value_or(Bytes{}) : Bytes{};
  if (gpu.vendor == "AMD" && gpu.shared_memory) {
    const Bytes mapped = carved + *gpu.shared_memory, most = carved + without_system(ram);
    return {gpu.name, carved + ram, std::min(mapped, most),
            mapped <= most ? "what the driver may map: VRAM carve-out + GTT"
                           : "carve-out + RAM less the system's share (the driver would map more)",
            true};
  }
  return {gpu.name, carved + ram, carved + without_system(ram), "the machine's RAM less the system's share", true};
}

}  // namespace

std::vector<MemoryPool> memory_pools(const FoundMachine& machine) {
  std::vector<MemoryPool> pools;
  const std::optional<Bytes> ram = machine.memory_allowed();
  bool apple = false;
  for (const FoundGpu& gpu : machine.gpus) {
    apple = apple || gpu.vendor == "Apple";
    if (!gpu.unified && gpu.memory) pools.push_back(card_pool(gpu));
    if (gpu.unified && ram) pools.push_back(unified_pool(machine, gpu, *ram));
  }
  if (ram && !apple) {
    pools.push_back({"processor", *ram, without_system(*ram),
                     std::string(machine.memory_limit ? "the container's limit" : "RAM") +
                         " less the system's share: 8 %, at least 1.5 GB"});
  }
  return pools;
}

}  // namespace rigwise
