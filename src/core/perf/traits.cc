#include "core/perf/traits.h"

#include <algorithm>

namespace rigwise {
namespace {

/// One chip family. Lanes are FP32 lanes of the unit that a record's core count counts.
struct FamilyFacts {
  std::string_view family;
  Generation generation;
  double lanes_per_unit;
  double clock_ghz;       ///< vendors' boost clocks, rounded
  double watts_per_unit;  ///< board power per unit at that clock; 0: power does not decide
};

// Lanes and clocks: vendors' architecture papers (recalled, not fetched). Watts per unit: board power of the larger
// desktop cards of the catalog divided by their units; for the chips that come with less power than their clock needs
// (RDNA 3.5, Arc) of the RX 7600, which has the same units at that clock, of the B580 and of the A770.
constexpr FamilyFacts kFamilies[] = {
    {"nvidia-older", Generation::pascal, 128, 1.1, 8.0},
    {"nvidia-pascal", Generation::pascal, 128, 1.6, 6.0},
    {"nvidia-volta", Generation::turing, 64, 1.45, 3.1},
    {"nvidia-turing", Generation::turing, 64, 1.7, 5.0},
    {"nvidia-ampere", Generation::ampere, 128, 1.7, 4.2},
    {"nvidia-ada", Generation::ada, 128, 2.5, 3.5},
    {"nvidia-hopper", Generation::hopper, 128, 1.75, 5.3},
    {"nvidia-blackwell", Generation::blackwell, 128, 2.5, 3.5},
    {"nvidia-grace-blackwell", Generation::grace_blackwell, 128, 2.4, 2.9},
    {"amd-gcn", Generation::rdna2, 64, 1.5, 0},
    {"amd-rdna1", Generation::rdna2, 64, 1.9, 0},
    {"amd-rdna2", Generation::rdna2, 64, 2.3, 0},
    {"amd-rdna3", Generation::rdna3, 64, 2.4, 0},
    {"amd-rdna3.5", Generation::rdna35, 64, 2.9, 5.2},
    {"amd-rdna4", Generation::rdna4, 64, 2.6, 0},
    {"amd-cdna1", Generation::cdna, 64, 1.5, 0},
    {"amd-cdna2", Generation::cdna, 64, 1.7, 0},
    {"amd-cdna3", Generation::cdna, 64, 2.1, 0},
    {"amd-cdna4", Generation::cdna, 64, 2.4, 0},
    {"intel-alchemist", Generation::intel_arc, 128, 2.1, 7.0},
    {"intel-battlemage", Generation::intel_arc, 128, 2.6, 9.5},
    {"intel-xe", Generation::intel_arc, 128, 2.0, 0},
    {"intel-ponte-vecchio", Generation::intel_arc, 128, 1.6, 0},
    {"intel-gaudi", Generation::other, 128, 1.6, 0},
    {"apple-m1", Generation::apple, 1, 1.28, 0},
    {"apple-m2", Generation::apple, 1, 1.40, 0},
    {"apple-m3", Generation::apple, 1, 1.40, 0},
    {"apple-m4", Generation::apple, 1, 1.58, 0},
    {"apple-m5", Generation::apple_m5, 1, 1.62, 0},
    {"cpu-x86", Generation::cpu, 1, 4.0, 0},
    {"cpu-arm", Generation::cpu, 1, 2.4, 0},
    {"qualcomm-oryon", Generation::cpu, 1, 3.4, 0},
};

const FamilyFacts* find_family(std::string_view family) {
  const auto* found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                   [&](const FamilyFacts& f) { return f.family == family; });
  return found == std::end(kFamilies) ? nullptr : found;
}

bool has_stacked_memory(const Device& device) { return device.memory_kind.find("HBM") != std::string::npos; }

/// Multiprocessors of the data-centre chips of a family differ from the desktop ones: GA100 and GP100 have 64 lanes.
bool has_narrow_units(const FamilyFacts& family, const Device& device) {
  return has_stacked_memory(device) &&
         (family.generation == Generation::ampere || family.family == std::string_view("nvidia-pascal"));
}

/// Clock of a processor core under all-core load.
double cpu_clock_ghz(const Device& device) {
  if (device.family.rfind("apple-", 0) == 0) return 3.5;
  const FamilyFacts* family = find_family(device.family);
  if (family != nullptr && family->generation == Generation::cpu) return family->clock_ghz;
  return 4.0;
}

DeviceTraits cpu_traits(const Device& device) {
  DeviceTraits traits;
  traits.generation = Generation::cpu;
  traits.clock_ghz = cpu_clock_ghz(device);
  traits.stacked_memory = has_stacked_memory(device);
  traits.intel = device.vendor == "Intel";
  if (device.cpu_cores) {
    traits.units = *device.cpu_cores;
  } else if (device.memory_bandwidth) {
    // Boards are built with about one core per 6 GB/s.
    traits.units = std::max(1.0, device.memory_bandwidth->value / 6e9);
    traits.estimated = true;
  }
  return traits;
}

}  // namespace

const char* kernel_path_name(KernelPath path) {
  switch (path) {
    case KernelPath::cuda: return "cuda";
    case KernelPath::metal: return "metal";
    case KernelPath::rocm: return "rocm";
    case KernelPath::vulkan: return "vulkan";
    case KernelPath::sycl: return "sycl";
    case KernelPath::mlx: return "mlx";
    case KernelPath::cpu: return "cpu";
    case KernelPath::serving: return "serving";
  }
  return "";
}

Generation generation_of(std::string_view family) {
  const FamilyFacts* found = find_family(family);
  return found != nullptr ? found->generation : Generation::other;
}

DeviceTraits device_traits(const Device& device, bool on_cpu, std::optional<double> power_limit_w) {
  if (on_cpu) return cpu_traits(device);
  DeviceTraits traits;
  const FamilyFacts* family = find_family(device.family);
  traits.generation = family != nullptr ? family->generation : Generation::other;
  traits.stacked_memory = has_stacked_memory(device);
  traits.nvidia = device.vendor == "NVIDIA" || device.family.rfind("nvidia-", 0) == 0;
  traits.intel = device.vendor == "Intel";
  traits.clock_ghz = family != nullptr ? family->clock_ghz : 1.5;
  double lanes = family != nullptr ? family->lanes_per_unit : 64;
  if (family != nullptr && has_narrow_units(*family, device)) {
    lanes = 64;
    traits.clock_ghz = std::min(traits.clock_ghz, 1.41);
  }
  if (traits.generation == Generation::turing && !device.matrix_unit) {
    // GTX 16 and T cards multiply with the integer dot product of their FP32 lanes, as Pascal does.
    traits.generation = Generation::pascal;
    lanes = 128;
  }
  if (device.gpu_cores && family != nullptr && family->generation != Generation::cpu) {
    traits.units = *device.gpu_cores / lanes;
  } else if (device.memory_bandwidth) {
    // Graphics chips have about one unit and GHz per 5 GB/s.
    traits.units = device.memory_bandwidth->value / 5e9 / traits.clock_ghz;
    traits.estimated = true;
  }
  const std::optional<double> watts =
      power_limit_w ? power_limit_w : (device.power_max ? std::optional(device.power_max->value) : std::nullopt);
  if (watts && family != nullptr && family->watts_per_unit > 0 && traits.units > 0 && !traits.estimated) {
    const double narrow = lanes < family->lanes_per_unit ? 0.8 : 1.0;
    traits.power_ratio = *watts / traits.units / (family->watts_per_unit * narrow);
  }
  return traits;
}

}  // namespace rigwise
