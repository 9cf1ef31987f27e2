#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/machine/gpu_identity.h"
#include "host/gpu/vulkan_api.h"

namespace rigwise {

/// A device as its Vulkan driver describes it.
struct VulkanDevice {
  VkPhysicalDevice handle = nullptr;
  std::string name, driver;
  std::uint32_t vendor_id = 0, device_id = 0, api_version = 0;
  std::string kind;          ///< "discrete", "integrated", "virtual", "software", "other"
  std::string pci_address;   ///< "0000:01:00.0"; empty: the driver does not tell
  std::string uuid;          ///< deviceUUID; empty: it is all zeros
  bool is_software = false;  ///< lavapipe, SwiftShader: the processor in disguise
  std::vector<GpuHeap> heaps;

  std::uint32_t queue_family = 0;    ///< that computes
  std::uint32_t timestamp_bits = 0;  ///< 0: the device has no clock that may be read
  double timestamp_period_ns = 1;
  std::uint32_t storage_range = 0;  ///< bytes that a shader may address at once
  std::uint32_t workgroup_size_most = 128;
  bool has_fp16 = false;  ///< arithmetic in half precision
  VkPhysicalDeviceMemoryProperties memory{};

  GpuIdentity identity() const { return {pci_address, uuid}; }
  /// The heap that a buffer would live in: the largest of the device's own.
  const GpuHeap* own_heap() const;
};

/// Every device of the instance that can compute, in the driver's order.
Result<std::vector<VulkanDevice>> vulkan_devices(const VulkanFunctions& functions, VkInstance instance);

}  // namespace rigwise
