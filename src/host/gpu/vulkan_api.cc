#include "host/gpu/vulkan_api.h"

#include <dlfcn.h>

namespace rigwise {
namespace {

/// Finds functions by name; one that is missing is remembered.
class FunctionFinder {
 public:
  FunctionFinder(PFN_vkGetInstanceProcAddr get, VkInstance instance) : get_(get), instance_(instance) {}

  template <class Function>
  void find(Function& function, const char* name) {
    function = reinterpret_cast<Function>(get_(instance_, name));
    if (function == nullptr && missing_.empty()) missing_ = name;
  }
  const std::string& missing() const { return missing_; }

 private:
  PFN_vkGetInstanceProcAddr get_;
  VkInstance instance_;
  std::string missing_;
};

void find_device_functions(FunctionFinder& finder, VulkanFunctions& f) {
  finder.find(f.create_device, "vkCreateDevice");
  finder.find(f.destroy_device, "vkDestroyDevice");
  finder.find(f.get_queue, "vkGetDeviceQueue");
  finder.find(f.create_buffer, "vkCreateBuffer");
  finder.find(f.destroy_buffer, "vkDestroyBuffer");
  finder.find(f.buffer_requirements, "vkGetBufferMemoryRequirements");
  finder.find(f.allocate_memory, "vkAllocateMemory");
  finder.find(f.free_memory, "vkFreeMemory");
  finder.find(f.bind_buffer, "vkBindBufferMemory");
  finder.find(f.map_memory, "vkMapMemory");
  finder.find(f.create_shader, "vkCreateShaderModule");
  finder.find(f.destroy_shader, "vkDestroyShaderModule");
  finder.find(f.create_set_layout, "vkCreateDescriptorSetLayout");
  finder.find(f.destroy_set_layout, "vkDestroyDescriptorSetLayout");
  finder.find(f.create_pipeline_layout, "vkCreatePipelineLayout");
  finder.find(f.destroy_pipeline_layout, "vkDestroyPipelineLayout");
  finder.find(f.create_pipelines, "vkCreateComputePipelines");
  finder.find(f.destroy_pipeline, "vkDestroyPipeline");
  finder.find(f.create_set_pool, "vkCreateDescriptorPool");
  finder.find(f.destroy_set_pool, "vkDestroyDescriptorPool");
  finder.find(f.allocate_sets, "vkAllocateDescriptorSets");
  finder.find(f.update_sets, "vkUpdateDescriptorSets");
  finder.find(f.create_command_pool, "vkCreateCommandPool");
  finder.find(f.destroy_command_pool, "vkDestroyCommandPool");
  finder.find(f.allocate_commands, "vkAllocateCommandBuffers");
  finder.find(f.begin_commands, "vkBeginCommandBuffer");
  finder.find(f.end_commands, "vkEndCommandBuffer");
  finder.find(f.reset_command_pool, "vkResetCommandPool");
  finder.find(f.create_query_pool, "vkCreateQueryPool");
  finder.find(f.destroy_query_pool, "vkDestroyQueryPool");
  finder.find(f.query_results, "vkGetQueryPoolResults");
  finder.find(f.create_fence, "vkCreateFence");
  finder.find(f.destroy_fence, "vkDestroyFence");
  finder.find(f.reset_fences, "vkResetFences");
  finder.find(f.wait_for_fences, "vkWaitForFences");
  finder.find(f.submit, "vkQueueSubmit");
  finder.find(f.cmd_bind_pipeline, "vkCmdBindPipeline");
  finder.find(f.cmd_bind_sets, "vkCmdBindDescriptorSets");
  finder.find(f.cmd_push_constants, "vkCmdPushConstants");
  finder.find(f.cmd_dispatch, "vkCmdDispatch");
  finder.find(f.cmd_fill, "vkCmdFillBuffer");
  finder.find(f.cmd_copy, "vkCmdCopyBuffer");
  finder.find(f.cmd_barrier, "vkCmdPipelineBarrier");
  finder.find(f.cmd_reset_queries, "vkCmdResetQueryPool");
  finder.find(f.cmd_write_timestamp, "vkCmdWriteTimestamp");
}

std::string find_instance_functions(VkInstance instance, VulkanFunctions& f) {
  FunctionFinder finder(f.get_instance_proc, instance);
  finder.find(f.destroy_instance, "vkDestroyInstance");
  finder.find(f.enumerate_devices, "vkEnumeratePhysicalDevices");
  finder.find(f.device_extensions, "vkEnumerateDeviceExtensionProperties");
  finder.find(f.properties, "vkGetPhysicalDeviceProperties");
  finder.find(f.properties2, "vkGetPhysicalDeviceProperties2");
  finder.find(f.features2, "vkGetPhysicalDeviceFeatures2");
  finder.find(f.memory_properties2, "vkGetPhysicalDeviceMemoryProperties2");
  finder.find(f.queue_families, "vkGetPhysicalDeviceQueueFamilyProperties");
  find_device_functions(finder, f);
  return finder.missing();
}

Error no_vulkan(const std::string& why, const std::string& library) {
  return {ErrorCode::io, why, library, "the graphics driver's Vulkan package (Debian: mesa-vulkan-drivers)", {}};
}

}  // namespace

Error vulkan_refusal(VkResult result, const std::string& doing) {
  switch (result) {
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return {ErrorCode::io, "out of memory while " + doing, "Vulkan", "close what uses the card", {}};
    case VK_ERROR_DEVICE_LOST:
      return {ErrorCode::io,
              "the device was lost while " + doing + ": its driver reset it, or it left the bus",
              "Vulkan",
              "the system's log (dmesg)",
              {}};
    case VK_TIMEOUT:
      return {ErrorCode::io, "the device gave no answer while " + doing, "Vulkan", "the system's log (dmesg)", {}};
    case VK_ERROR_INCOMPATIBLE_DRIVER:
      return {ErrorCode::io, "there is no driver for Vulkan", "Vulkan", "the graphics driver's Vulkan package", {}};
    default:
      return {ErrorCode::io,
              "Vulkan refused with " + std::to_string(static_cast<int>(result)) + " while " + doing,
              "Vulkan",
              "vulkaninfo, to see whether the driver works",
              {}};
  }
}

Result<std::unique_ptr<VulkanInstance>> VulkanInstance::open(const std::string& library) {
  std::unique_ptr<VulkanInstance> opened(new VulkanInstance);
  opened->library_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened->library_ == nullptr) return fail(no_vulkan("there is no Vulkan loader", library));
  VulkanFunctions& f = opened->functions_;
  f.get_instance_proc = reinterpret_cast<PFN_vkGetInstanceProcAddr>(dlsym(opened->library_, "vkGetInstanceProcAddr"));
  if (f.get_instance_proc == nullptr) return fail(no_vulkan("this is no Vulkan loader", library));
  FunctionFinder finder(f.get_instance_proc, nullptr);
  finder.find(f.create_instance, "vkCreateInstance");
  finder.find(f.instance_version, "vkEnumerateInstanceVersion");
  if (!finder.missing().empty()) return fail(no_vulkan("the Vulkan loader is older than version 1.1", library));
  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "rigwise";
  application.apiVersion = VK_API_VERSION_1_2;
  VkInstanceCreateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  wanted.pApplicationInfo = &application;
  if (const VkResult made = f.create_instance(&wanted, nullptr, &opened->instance_); made != VK_SUCCESS)
    return fail(vulkan_refusal(made, "starting Vulkan"));
  const std::string missing = find_instance_functions(opened->instance_, f);
  if (!missing.empty()) return fail(no_vulkan("the Vulkan loader has no " + missing, library));
  return opened;
}

VulkanInstance::~VulkanInstance() {
  if (instance_ != nullptr && functions_.destroy_instance != nullptr) functions_.destroy_instance(instance_, nullptr);
  // The library stays: drivers leave threads and handlers behind that would run into what was unloaded.
}

}  // namespace rigwise
