#include "core/machine/here_device.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string short_name(const FoundMachine& machine) {
  std::string name = "this machine";
  if (!machine.processor.empty()) name += " (" + machine.processor + ")";
  return name;
}

void add_parts(const MachineInCatalog& in_catalog, Device& here) {
  for (const CatalogMatch& match : in_catalog.gpus) {
    if (match.device == nullptr) continue;
    const auto known = std::find_if(here.parts.begin(), here.parts.end(),
                                    [&](const BuildPart& part) { return part.device == match.device->id; });
    if (known == here.parts.end())
      here.parts.push_back({match.device->id, 1});
    else
      ++known->count;
  }
  const Device* whole = in_catalog.whole.device;
  if (here.parts.empty() && whole != nullptr && whole->processor != Processor::cpu)
    here.parts.push_back({whole->id, 1});
}

std::optional<BytesPerSecond> bandwidth(const FoundMachine& machine, const MachineInCatalog& in_catalog,
                                        const ProbedSpeed* speed) {
  if (speed != nullptr && speed->read_gbps) return gbps(*speed->read_gbps);
  if (machine.memory_peak) return machine.memory_peak;
  const Device* known = in_catalog.whole.device != nullptr ? in_catalog.whole.device : in_catalog.processor.device;
  return known == nullptr ? std::nullopt : known->memory_bandwidth;
}

Device processor_record(const FoundMachine& machine, const MachineInCatalog& in_catalog, const ProbedSpeed* speed) {
  Device here;
  const bool arm = machine.architecture == "arm64";
  here.kind = DeviceKind::desktop;
  here.processor = Processor::cpu;
  here.vendor = machine.vendor.empty() ? "unknown" : machine.vendor;
  here.arch = arm ? "Arm" : "x86";
  here.family = arm ? "cpu-arm" : "cpu-x86";
  const Bytes ram = machine.memory_allowed().value_or(Bytes{});
  here.memory_capacity = ram;
  for (const MemoryPool& pool : machine.pools) {
    if (pool.name == "processor" && ram.value > 0) here.usable_fraction = pool.usable / ram;
  }
  here.memory_kind = machine.memory_kind;
  here.memory_bandwidth = bandwidth(machine, in_catalog, speed);
  here.matrix_unit = false;
  if (speed != nullptr && speed->fma_gflops) here.fp16_peak = FlopPerSecond{*speed->fma_gflops * 1e9};
  const std::optional<int> cores = machine.cores ? machine.cores : machine.threads;
  if (cores) here.cpu_cores = std::max(1, std::min(*cores, static_cast<int>(machine.usable_threads.value_or(*cores))));
  if (speed != nullptr && speed->disk_read_gbps) here.storage_bandwidth = gbps(*speed->disk_read_gbps);
  return here;
}

/// The measured card with the most memory, of those that the catalog lacks.
const FoundGpu* unlisted_card(const FoundMachine& machine, const std::vector<ProbedGpu>& gpus) {
  const FoundGpu* best = nullptr;
  for (const FoundGpu& gpu : machine.gpus) {
    const ProbedGpu* measured = measured_card(gpu, gpus);
    if (gpu.unified || !gpu.memory || measured == nullptr || !measured->read_gbps) continue;
    if (best == nullptr || *best->memory < *gpu.memory) best = &gpu;
  }
  return best;
}

Device card_record(const FoundMachine& machine, const FoundGpu& gpu, const ProbedGpu& measured) {
  Device here;
  here.kind = DeviceKind::desktop;
  here.processor = Processor::gpu;
  here.vendor = gpu.vendor.empty() ? "unknown" : gpu.vendor;
  here.arch = "unknown";
  // No family: nobody knows which generation it is. Without one, engines reach it by CUDA (NVIDIA's) or Vulkan.
  here.memory_capacity = *gpu.memory;
  for (const MemoryPool& pool : machine.pools) {
    if (pool.name == gpu.name && !pool.unified) here.usable_fraction = pool.usable / *gpu.memory;
  }
  here.memory_bandwidth = gbps(std::max(measured.memory_peak_gbps.value_or(0), *measured.read_gbps));
  here.matrix_unit = false;
  const double tflops = std::max(measured.fp16_tflops.value_or(0), measured.fp32_tflops.value_or(0));
  if (tflops > 0) here.fp16_peak = FlopPerSecond{tflops * 1e12};
  here.host_memory_capacity = machine.memory_allowed();
  return here;
}

}  // namespace

Device here_device(const FoundMachine& machine, const MachineInCatalog& in_catalog, const ProbedSpeed* speed,
                   const std::vector<ProbedGpu>& gpus) {
  Device here;
  add_parts(in_catalog, here);
  const FoundGpu* unlisted = here.parts.empty() ? unlisted_card(machine, gpus) : nullptr;
  if (unlisted != nullptr) {
    here = card_record(machine, *unlisted, *measured_card(*unlisted, gpus));
    if (speed != nullptr && speed->read_gbps) here.host_memory_bandwidth = gbps(*speed->read_gbps);
  } else if (here.parts.empty()) {
    here = processor_record(machine, in_catalog, speed);
  } else {
    const Device* first = in_catalog.whole.device;
    for (const CatalogMatch& match : in_catalog.gpus) first = match.device != nullptr ? match.device : first;
    here.vendor = first->vendor;
    here.family = first->family;
    here.arch = first->arch;
    here.kind = DeviceKind::desktop;
    here.processor = first->processor;
    here.host_memory_capacity = machine.memory_allowed();
    if (speed != nullptr && speed->read_gbps) here.host_memory_bandwidth = gbps(*speed->read_gbps);
  }
  here.id = kHere;
  here.name = short_name(machine);
  here.status = DeviceStatus::current;
  here.os = {"linux"};
  here.price_scope = "machine";
  here.sources.push_back({{"all"}, "measured", "rigwise probe, on this machine", ""});
  return here;
}

}  // namespace rigwise
