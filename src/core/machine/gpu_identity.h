#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rigwise {

/// What tells one graphics processor from another, whichever driver speaks of it. Empty: it does not say.
struct GpuIdentity {
  std::string pci_address;  ///< "0000:01:00.0"
  std::string uuid;         ///< "2f1d9a52-...", as Vulkan's deviceUUID and NVML's UUID say it
};

/// Whether two drivers speak of one device: the same PCI address where both tell one, else the same UUID.
bool is_same_gpu(const GpuIdentity& one, const GpuIdentity& other);

/// Places in `gpus` of each device, in order of first mention: {{0, 2}, {1}} when the third is the first seen through
/// another driver. What says neither address nor UUID is a device of its own.
std::vector<std::vector<std::size_t>> same_gpus(const std::vector<GpuIdentity>& gpus);

/// Sixteen bytes as "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"; empty for sixteen zeros, which drivers say that have none.
std::string uuid_text(const unsigned char* bytes);

/// A heap of a device's memory, as Vulkan lists them.
struct GpuHeap {
  double bytes = 0;
  std::optional<double>
      budget_bytes;  ///< what this process may have now, where the driver tells (VK_EXT_memory_budget)
  bool is_device_local = false;
};

/// A device's own memory: its largest heap, and with it those of at least half its size. Drivers split what is one
/// memory (96 GB of an APU are two heaps), and list beside it the window through which the processor writes (256 MB).
/// From  measuring.md 4.9.
double own_memory_bytes(const std::vector<GpuHeap>& heaps);

/// What a program may have of it now; never more than there is, whatever the driver says. Nothing where it says
/// nothing.
std::optional<double> own_budget_bytes(const std::vector<GpuHeap>& heaps);

}  // namespace rigwise
