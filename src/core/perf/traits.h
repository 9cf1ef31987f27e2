#pragma once

#include <optional>
#include <string_view>

#include "core/facts/device.h"

namespace rigwise {

/// Which kernels run: the programming interface, or the family of an engine that has its own.
enum class KernelPath { cuda, metal, rocm, vulkan, sycl, mlx, cpu, serving };
const char* kernel_path_name(KernelPath path);

/// Generations of chips whose matrix units behave alike.
enum class Generation {
  other,
  pascal,
  turing,  ///< and Volta
  ampere,
  ada,
  hopper,
  blackwell,
  grace_blackwell,
  rdna2,  ///< and older Radeons without matrix units
  rdna3,
  rdna35,
  rdna4,
  cdna,
  intel_arc,
  apple,
  apple_m5,
  cpu
};
Generation generation_of(std::string_view family);

/// What a chip can do per clock, from facts of its record and of its family.
struct DeviceTraits {
  Generation generation = Generation::other;
  double units = 0;        ///< multiprocessors, compute units, Xe cores, GPU or CPU cores; 0: unknown
  double clock_ghz = 0;    ///< usual boost clock of the family under load
  double power_ratio = 1;  ///< watts per unit relative to what the family's full clock needs; 1 where unknown
  bool stacked_memory = false;
  bool nvidia = false, intel = false;
  bool estimated = false;  ///< units from bandwidth because the record states no cores

  double unit_rate() const { return units * clock_ghz * 1e9; }
};

/// Traits of the part that runs the model: the GPU, or with `on_cpu` the processor cores.
/// `power_limit_w` is a limit somebody set; absent, the board's own limit counts.
DeviceTraits device_traits(const Device& device, bool on_cpu, std::optional<double> power_limit_w = {});

}  // namespace rigwise
