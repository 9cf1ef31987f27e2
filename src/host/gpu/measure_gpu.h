#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/machine/probed_gpu.h"
#include "host/gpu/vulkan_devices.h"

namespace rigwise {

/// What to measure on graphics processors, and how much of them to take for it.
struct GpuMeasureChoices {
  bool quick = false;      ///< fewer passes, a smaller buffer
  bool software = false;   ///< software devices too (lavapipe), which are the processor in disguise
  double sustained_s = 0;  ///< products on for as long, to see what heat leaves; 0: not
  double buffer_bytes_most = 2147483648.0;
  /// Temperature, clock and power of the device with this PCI address now; null: nobody can tell.
  std::function<void(const std::string& pci_address, LoadSample& sample)> sensors;
  /// PCI address of the device with this UUID, for Vulkan drivers that tell no address; null, "": nobody knows.
  std::function<std::string(const std::string& uuid)> address_of;
  std::function<bool()> is_stopped;
  std::function<void(const std::string& phase, double share)> progress;
};

/// One device: reads of its memory by a shader over a buffer larger than its caches, products with a matrix in 4 bits,
/// multiply-adds, copies to and from it. Times are the device's own clock; each result is computed again on the
/// processor and a wrong one is a fault, not a figure. Gives  what could be measured; `fault` says why the rest is
/// missing. Holds  nothing that is sent at once runs much longer than 50 ms, so that no watchdog resets a display.
ProbedGpu measure_gpu(const VulkanFunctions& functions, const VulkanDevice& device, const GpuMeasureChoices& choices);

/// What is known of a device without measuring it.
ProbedGpu unmeasured_gpu(const VulkanDevice& device, std::size_t index);

/// Each of these devices measured, one that several drivers have once: through the first of them, and through the next
/// where that one fails. Software devices only described unless asked for.
std::vector<ProbedGpu> measure_devices(const VulkanFunctions& functions, std::vector<VulkanDevice> devices,
                                       const GpuMeasureChoices& choices);

/// Every device of the loader named, measured; software devices only described unless asked for.
/// Errors  no loader, no driver.
Result<std::vector<ProbedGpu>> measure_gpus(const GpuMeasureChoices& choices,
                                            const std::string& library = kVulkanLibrary);

}  // namespace rigwise
