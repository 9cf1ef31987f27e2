#include "host/gpu/vulkan_devices.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "core/base/text.h"

namespace rigwise {
namespace {

std::string kind_name(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return "discrete";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return "integrated";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return "virtual";
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return "software";
    default: return "other";
  }
}

bool has_extension(const std::vector<VkExtensionProperties>& extensions, const char* name) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

std::vector<VkExtensionProperties> extensions_of(const VulkanFunctions& f, VkPhysicalDevice device) {
  std::uint32_t count = 0;
  f.device_extensions(device, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  if (count > 0) f.device_extensions(device, nullptr, &count, extensions.data());
  extensions.resize(count);
  return extensions;
}

std::string pci_text(const VkPhysicalDevicePCIBusInfoPropertiesEXT& pci) {
  char text[32];
  std::snprintf(text, sizeof text, "%04x:%02x:%02x.%x", pci.pciDomain, pci.pciBus, pci.pciDevice, pci.pciFunction);
  return text;
}

/// One that computes and has a clock; one that draws as well only if there is no other, since it shares with the
/// screen.
bool choose_queue(const VulkanFunctions& f, VulkanDevice& device) {
  std::uint32_t count = 0;
  f.queue_families(device.handle, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  f.queue_families(device.handle, &count, families.data());
  int best = -1;
  for (std::uint32_t i = 0; i < count; ++i) {
    const VkQueueFamilyProperties& family = families[i];
    if ((family.queueFlags & VK_QUEUE_COMPUTE_BIT) == 0 || family.queueCount == 0) continue;
    const int rank =
        1 + (family.timestampValidBits > 0 ? 2 : 0) + ((family.queueFlags & VK_QUEUE_GRAPHICS_BIT) == 0 ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    device.queue_family = i;
    device.timestamp_bits = family.timestampValidBits;
  }
  return best >= 0;
}

void add_heaps(const VulkanFunctions& f, bool has_budget, VulkanDevice& device) {
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{};
  budget.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT;
  VkPhysicalDeviceMemoryProperties2 memory{};
  memory.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2;
  if (has_budget) memory.pNext = &budget;
  f.memory_properties2(device.handle, &memory);
  device.memory = memory.memoryProperties;
  for (std::uint32_t i = 0; i < device.memory.memoryHeapCount; ++i) {
    GpuHeap heap;
    heap.bytes = static_cast<double>(device.memory.memoryHeaps[i].size);
    heap.is_device_local = (device.memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0;
    if (has_budget) heap.budget_bytes = static_cast<double>(budget.heapBudget[i]);
    device.heaps.push_back(heap);
  }
}

bool asks_for_half_precision(const VulkanFunctions& f, VkPhysicalDevice device) {
  VkPhysicalDeviceShaderFloat16Int8Features half{};
  half.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
  VkPhysicalDeviceFeatures2 features{};
  features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  features.pNext = &half;
  f.features2(device, &features);
  return half.shaderFloat16 == VK_TRUE;
}

std::optional<VulkanDevice> described(const VulkanFunctions& f, VkPhysicalDevice handle) {
  VkPhysicalDeviceProperties plain{};
  f.properties(handle, &plain);
  if (plain.apiVersion < VK_API_VERSION_1_1) return std::nullopt;
  VulkanDevice device;
  device.handle = handle;
  const std::vector<VkExtensionProperties> extensions = extensions_of(f, handle);
  VkPhysicalDeviceDriverProperties driver{};
  driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
  VkPhysicalDevicePCIBusInfoPropertiesEXT pci{};
  pci.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT;
  VkPhysicalDeviceIDProperties identity{};
  identity.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES;
  VkPhysicalDeviceProperties2 all{};
  all.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  all.pNext = &identity;
  const bool has_driver =
      plain.apiVersion >= VK_API_VERSION_1_2 || has_extension(extensions, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME);
  const bool has_pci = has_extension(extensions, VK_EXT_PCI_BUS_INFO_EXTENSION_NAME);
  if (has_driver) {
    driver.pNext = all.pNext;
    all.pNext = &driver;
  }
  if (has_pci) {
    pci.pNext = all.pNext;
    all.pNext = &pci;
  }
  f.properties2(handle, &all);
  const VkPhysicalDeviceProperties& is = all.properties;
  device.name = is.deviceName;
  device.vendor_id = is.vendorID;
  device.device_id = is.deviceID;
  device.api_version = is.apiVersion;
  device.kind = kind_name(is.deviceType);
  device.is_software = is.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU ||
                       (has_driver && (driver.driverID == VK_DRIVER_ID_MESA_LLVMPIPE ||
                                       driver.driverID == VK_DRIVER_ID_GOOGLE_SWIFTSHADER));
  if (device.is_software) device.kind = "software";
  if (has_driver) device.driver = std::string(driver.driverName) + " " + driver.driverInfo;
  if (has_pci && !device.is_software) device.pci_address = pci_text(pci);
  device.uuid = uuid_text(identity.deviceUUID);
  device.timestamp_period_ns = is.limits.timestampPeriod;
  device.storage_range = is.limits.maxStorageBufferRange;
  device.workgroup_size_most = std::min(is.limits.maxComputeWorkGroupSize[0], is.limits.maxComputeWorkGroupInvocations);
  if (!choose_queue(f, device)) return std::nullopt;
  add_heaps(f, has_extension(extensions, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME), device);
  const bool knows_half =
      plain.apiVersion >= VK_API_VERSION_1_2 || has_extension(extensions, VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
  device.has_fp16 = knows_half && asks_for_half_precision(f, handle);
  return device;
}

}  // namespace

const GpuHeap* VulkanDevice::own_heap() const {
  const GpuHeap* best = nullptr;
  for (const GpuHeap& heap : heaps) {
    if (heap.is_device_local && (best == nullptr || heap.bytes > best->bytes)) best = &heap;
  }
  return best;
}

Result<std::vector<VulkanDevice>> vulkan_devices(const VulkanFunctions& functions, VkInstance instance) {
  std::uint32_t count = 0;
  VkResult listed = functions.enumerate_devices(instance, &count, nullptr);
  std::vector<VkPhysicalDevice> handles(count);
  if (listed == VK_SUCCESS && count > 0) listed = functions.enumerate_devices(instance, &count, handles.data());
  if (listed != VK_SUCCESS && listed != VK_INCOMPLETE) return fail(vulkan_refusal(listed, "listing devices"));
  handles.resize(count);
  std::vector<VulkanDevice> devices;
  for (VkPhysicalDevice handle : handles) {
    if (std::optional<VulkanDevice> device = described(functions, handle)) devices.push_back(std::move(*device));
  }
  return devices;
}

}  // namespace rigwise
