#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/gpu/vulkan_devices.h"

namespace rigwise {

/// What a buffer is for.
enum class GpuBufferUse { on_device, to_device, from_device };

struct GpuBuffer {
  VkBuffer handle = nullptr;
  VkDeviceMemory memory = nullptr;
  std::uint64_t bytes = 0;
  std::uint32_t* mapped = nullptr;  ///< of those that the processor writes or reads
};

/// A program on the device: compiled once, with its work-group size.
struct GpuProgram {
  VkPipeline pipeline = nullptr;
};

/// What every program here takes beside its buffers.
struct GpuArguments {
  std::uint32_t first = 0, count = 0, seed = 0, rounds = 0;
};

/// SPIR-V that travels in the binary.
struct GpuShader {
  const char *begin = nullptr, *end = nullptr;
};
GpuShader fill_shader();
GpuShader read_shader();
GpuShader product_shader();
GpuShader fma32_shader();
GpuShader fma16_shader();

/// One device, opened to be measured: its queue, its clock, and everything made on it, which goes when the session
/// does. Nothing that is sent runs longer than what the caller puts into it, and nothing is waited for longer than ten
/// seconds.
class GpuSession {
 public:
  static Result<std::unique_ptr<GpuSession>> open(const VulkanFunctions& functions, const VulkanDevice& device);
  ~GpuSession();
  GpuSession(const GpuSession&) = delete;
  GpuSession& operator=(const GpuSession&) = delete;

  /// Errors  out of memory: nothing is left behind.
  Result<GpuBuffer> buffer(std::uint64_t bytes, GpuBufferUse use);
  /// `group_size` 0: the shader's own.
  Result<GpuProgram> program(GpuShader shader, std::uint32_t group_size);
  /// The three buffers that a program sees, as bindings 0, 1 and 2.
  Result<VkDescriptorSet> bindings(const GpuBuffer& data, const GpuBuffer& results, const GpuBuffer& activations);

  /// Commands between begin() and run(). A barrier stands between what follows and what was before.
  Result<void> begin();
  void dispatch(const GpuProgram& program, VkDescriptorSet bindings, const GpuArguments& arguments,
                std::uint32_t groups);
  void clear(const GpuBuffer& buffer);
  void copy(const GpuBuffer& from, const GpuBuffer& to, std::uint64_t bytes);
  void barrier();
  void start_clock();
  void stop_clock();
  /// Sends what was put down and waits for it.
  /// Gives  seconds between start_clock() and stop_clock(): the device's own, or where it has no clock the processor's,
  ///        from sending to hearing.
  Result<double> run(const char* doing);

  bool has_clock() const { return device_.timestamp_bits > 0; }
  const VulkanDevice& device() const { return device_; }

 private:
  GpuSession(const VulkanFunctions& functions, VulkanDevice device) : f_(functions), device_(std::move(device)) {}
  Result<void> start();
  Result<void> make_layouts();
  std::optional<std::uint32_t> memory_type(std::uint32_t allowed, GpuBufferUse use) const;

  VulkanFunctions f_;
  VulkanDevice device_;
  VkDevice logical_ = nullptr;
  VkQueue queue_ = nullptr;
  VkCommandPool command_pool_ = nullptr;
  VkCommandBuffer commands_ = nullptr;
  VkQueryPool queries_ = nullptr;
  VkFence fence_ = nullptr;
  VkDescriptorSetLayout set_layout_ = nullptr;
  VkPipelineLayout pipeline_layout_ = nullptr;
  VkDescriptorPool set_pool_ = nullptr;
  std::vector<GpuBuffer> buffers_;
  std::vector<VkPipeline> pipelines_;
  bool is_hung_ = false;  ///< it never answered: what it may still use is left alone
};

}  // namespace rigwise
