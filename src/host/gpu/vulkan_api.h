#pragma once

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan_core.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// The functions of Vulkan that measuring takes, found when the program runs: nothing is linked, and a machine without
/// Vulkan loses nothing but these figures. Tests put their own in, to see what faults do.
struct VulkanFunctions {
  PFN_vkGetInstanceProcAddr get_instance_proc = nullptr;
  PFN_vkEnumerateInstanceVersion instance_version = nullptr;
  PFN_vkCreateInstance create_instance = nullptr;
  PFN_vkDestroyInstance destroy_instance = nullptr;
  PFN_vkEnumeratePhysicalDevices enumerate_devices = nullptr;
  PFN_vkEnumerateDeviceExtensionProperties device_extensions = nullptr;
  PFN_vkGetPhysicalDeviceProperties properties = nullptr;
  PFN_vkGetPhysicalDeviceProperties2 properties2 = nullptr;
  PFN_vkGetPhysicalDeviceFeatures2 features2 = nullptr;
  PFN_vkGetPhysicalDeviceMemoryProperties2 memory_properties2 = nullptr;
  PFN_vkGetPhysicalDeviceQueueFamilyProperties queue_families = nullptr;
  PFN_vkCreateDevice create_device = nullptr;
  PFN_vkDestroyDevice destroy_device = nullptr;
  PFN_vkGetDeviceQueue get_queue = nullptr;
  PFN_vkCreateBuffer create_buffer = nullptr;
  PFN_vkDestroyBuffer destroy_buffer = nullptr;
  PFN_vkGetBufferMemoryRequirements buffer_requirements = nullptr;
  PFN_vkAllocateMemory allocate_memory = nullptr;
  PFN_vkFreeMemory free_memory = nullptr;
  PFN_vkBindBufferMemory bind_buffer = nullptr;
  PFN_vkMapMemory map_memory = nullptr;
  PFN_vkCreateShaderModule create_shader = nullptr;
  PFN_vkDestroyShaderModule destroy_shader = nullptr;
  PFN_vkCreateDescriptorSetLayout create_set_layout = nullptr;
  PFN_vkDestroyDescriptorSetLayout destroy_set_layout = nullptr;
  PFN_vkCreatePipelineLayout create_pipeline_layout = nullptr;
  PFN_vkDestroyPipelineLayout destroy_pipeline_layout = nullptr;
  PFN_vkCreateComputePipelines create_pipelines = nullptr;
  PFN_vkDestroyPipeline destroy_pipeline = nullptr;
  PFN_vkCreateDescriptorPool create_set_pool = nullptr;
  PFN_vkDestroyDescriptorPool destroy_set_pool = nullptr;
  PFN_vkAllocateDescriptorSets allocate_sets = nullptr;
  PFN_vkUpdateDescriptorSets update_sets = nullptr;
  PFN_vkCreateCommandPool create_command_pool = nullptr;
  PFN_vkDestroyCommandPool destroy_command_pool = nullptr;
  PFN_vkAllocateCommandBuffers allocate_commands = nullptr;
  PFN_vkBeginCommandBuffer begin_commands = nullptr;
  PFN_vkEndCommandBuffer end_commands = nullptr;
  PFN_vkResetCommandPool reset_command_pool = nullptr;
  PFN_vkCreateQueryPool create_query_pool = nullptr;
  PFN_vkDestroyQueryPool destroy_query_pool = nullptr;
  PFN_vkGetQueryPoolResults query_results = nullptr;
  PFN_vkCreateFence create_fence = nullptr;
  PFN_vkDestroyFence destroy_fence = nullptr;
  PFN_vkResetFences reset_fences = nullptr;
  PFN_vkWaitForFences wait_for_fences = nullptr;
  PFN_vkQueueSubmit submit = nullptr;
  PFN_vkCmdBindPipeline cmd_bind_pipeline = nullptr;
  PFN_vkCmdBindDescriptorSets cmd_bind_sets = nullptr;
  PFN_vkCmdPushConstants cmd_push_constants = nullptr;
  PFN_vkCmdDispatch cmd_dispatch = nullptr;
  PFN_vkCmdFillBuffer cmd_fill = nullptr;
  PFN_vkCmdCopyBuffer cmd_copy = nullptr;
  PFN_vkCmdPipelineBarrier cmd_barrier = nullptr;
  PFN_vkCmdResetQueryPool cmd_reset_queries = nullptr;
  PFN_vkCmdWriteTimestamp cmd_write_timestamp = nullptr;
};

inline constexpr const char* kVulkanLibrary = "libvulkan.so.1";

/// A Vulkan loader that was found, and an instance of it. What is found with it lives no longer than it does.
class VulkanInstance {
 public:
  /// Errors  no loader here (its name is in the message); a loader that refuses: no driver, or older than 1.1.
  static Result<std::unique_ptr<VulkanInstance>> open(const std::string& library = kVulkanLibrary);
  ~VulkanInstance();
  VulkanInstance(const VulkanInstance&) = delete;
  VulkanInstance& operator=(const VulkanInstance&) = delete;

  const VulkanFunctions& functions() const { return functions_; }
  VkInstance handle() const { return instance_; }

 private:
  VulkanInstance() = default;
  void* library_ = nullptr;
  VkInstance instance_ = nullptr;
  VulkanFunctions functions_;
};

/// What a refusal means, in words: "out of memory", "lost".
Error vulkan_refusal(VkResult result, const std::string& doing);

}  // namespace rigwise
