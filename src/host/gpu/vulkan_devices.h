#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/gpu/vulkan_api.h"

namespace rigwise {

/// A heap of a device's memory.
struct VulkanHeap {
  double bytes = 0;
  std::optional<double>
      budget_bytes;  ///< what this process may have now, where the driver tells (VK_EXT_memory_budget)
  bool is_device_local = false;
};

/// A device as its Vulkan driver describes it.
struct VulkanDevice {
  VkPhysicalDevice handle = nullptr;
  std::string name, driver;
  std::uint32_t vendor_id = 0, device_id = 0, api_version = 0;
  std::string kind;          ///< "discrete", "integrated", "virtual", "software", "other"
  std::string pci_address;   ///< "0000:01:00.0"; empty: the driver does not tell
  bool is_software = false;  ///< lavapipe, SwiftShader: the processor in disguise
  std::vector<VulkanHeap> heaps;

  std::uint32_t queue_family = 0;    ///< that computes
  std::uint32_t timestamp_bits = 0;  ///< 0: the device has no clock that may be read
  double timestamp_period_ns = 1;
  std::uint32_t storage_range = 0;  ///< bytes that a shader may address at once
  std::uint32_t workgroup_size_most = 128;
  bool has_fp16 = false;  ///< arithmetic in half precision
  VkPhysicalDeviceMemoryProperties memory{};

  /// The heap that weights would live in: the largest of the device's own.
  const VulkanHeap* own_heap() const;
};

/// Every device of the instance that can compute, in the driver's order.
Result<std::vector<VulkanDevice>> vulkan_devices(const VulkanFunctions& functions, VkInstance instance);

}  // namespace rigwise
