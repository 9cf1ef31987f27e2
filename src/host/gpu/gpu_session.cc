#include "host/gpu/gpu_session.h"

#include <chrono>
#include <cstring>

#include "core/base/units.h"

extern "C" {
extern const char rigwise_shader_fill_begin[], rigwise_shader_fill_end[];
extern const char rigwise_shader_read_begin[], rigwise_shader_read_end[];
extern const char rigwise_shader_product_begin[], rigwise_shader_product_end[];
extern const char rigwise_shader_fma32_begin[], rigwise_shader_fma32_end[];
extern const char rigwise_shader_fma16_begin[], rigwise_shader_fma16_end[];
}

namespace rigwise {
namespace {

constexpr std::uint64_t kPatienceNs = 10'000'000'000;
constexpr std::uint32_t kBindings = 3, kMostSets = 256;

double steady_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Flags that a memory must have, and those that make it better, by use.
struct MemoryWish {
  VkMemoryPropertyFlags needed = 0, wished = 0, unwished = 0;
};

MemoryWish wish_for(GpuBufferUse use) {
  constexpr VkMemoryPropertyFlags kMapped = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  switch (use) {
    case GpuBufferUse::to_device: return {kMapped, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT};
    case GpuBufferUse::from_device:
      return {kMapped, VK_MEMORY_PROPERTY_HOST_CACHED_BIT, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT};
    default: return {VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT};
  }
}

}  // namespace

GpuShader fill_shader() { return {rigwise_shader_fill_begin, rigwise_shader_fill_end}; }
GpuShader read_shader() { return {rigwise_shader_read_begin, rigwise_shader_read_end}; }
GpuShader product_shader() { return {rigwise_shader_product_begin, rigwise_shader_product_end}; }
GpuShader fma32_shader() { return {rigwise_shader_fma32_begin, rigwise_shader_fma32_end}; }
GpuShader fma16_shader() { return {rigwise_shader_fma16_begin, rigwise_shader_fma16_end}; }

Result<std::unique_ptr<GpuSession>> GpuSession::open(const VulkanFunctions& functions, const VulkanDevice& device) {
  std::unique_ptr<GpuSession> session(new GpuSession(functions, device));
  if (const Result<void> started = session->start(); !started) return fail(started.error());
  return session;
}

Result<void> GpuSession::start() {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = device_.queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkPhysicalDeviceShaderFloat16Int8Features half{};
  half.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES;
  half.shaderFloat16 = VK_TRUE;
  const char* const half_extension = VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME;
  VkDeviceCreateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  wanted.queueCreateInfoCount = 1;
  wanted.pQueueCreateInfos = &queue;
  if (device_.has_fp16) {
    wanted.pNext = &half;
    if (device_.api_version < VK_API_VERSION_1_2) {
      wanted.enabledExtensionCount = 1;
      wanted.ppEnabledExtensionNames = &half_extension;
    }
  }
  constexpr const char* kDoing = "opening the device";
  if (const VkResult made = f_.create_device(device_.handle, &wanted, nullptr, &logical_); made != VK_SUCCESS)
    return fail(vulkan_refusal(made, kDoing));
  f_.get_queue(logical_, device_.queue_family, 0, &queue_);
  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.queueFamilyIndex = device_.queue_family;
  VkResult made = f_.create_command_pool(logical_, &pool, nullptr, &command_pool_);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  VkCommandBufferAllocateInfo commands{};
  commands.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  commands.commandPool = command_pool_;
  commands.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  commands.commandBufferCount = 1;
  made = f_.allocate_commands(logical_, &commands, &commands_);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  VkQueryPoolCreateInfo queries{};
  queries.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  queries.queryType = VK_QUERY_TYPE_TIMESTAMP;
  queries.queryCount = 2;
  if (has_clock()) made = f_.create_query_pool(logical_, &queries, nullptr, &queries_);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  made = f_.create_fence(logical_, &fence, nullptr, &fence_);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  return make_layouts();
}

Result<void> GpuSession::make_layouts() {
  std::array<VkDescriptorSetLayoutBinding, kBindings> slots{};
  for (std::uint32_t i = 0; i < kBindings; ++i) {
    slots[i].binding = i;
    slots[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    slots[i].descriptorCount = 1;
    slots[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
  }
  VkDescriptorSetLayoutCreateInfo set{};
  set.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  set.bindingCount = kBindings;
  set.pBindings = slots.data();
  VkResult made = f_.create_set_layout(logical_, &set, nullptr, &set_layout_);
  VkPushConstantRange arguments{};
  arguments.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
  arguments.size = sizeof(GpuArguments);
  VkPipelineLayoutCreateInfo layout{};
  layout.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  layout.setLayoutCount = 1;
  layout.pSetLayouts = &set_layout_;
  layout.pushConstantRangeCount = 1;
  layout.pPushConstantRanges = &arguments;
  if (made == VK_SUCCESS) made = f_.create_pipeline_layout(logical_, &layout, nullptr, &pipeline_layout_);
  VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kBindings * kMostSets};
  VkDescriptorPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  pool.maxSets = kMostSets;
  pool.poolSizeCount = 1;
  pool.pPoolSizes = &size;
  if (made == VK_SUCCESS) made = f_.create_set_pool(logical_, &pool, nullptr, &set_pool_);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, "opening the device"));
  return {};
}

GpuSession::~GpuSession() {
  if (logical_ == nullptr || is_hung_) return;
  for (VkPipeline pipeline : pipelines_) f_.destroy_pipeline(logical_, pipeline, nullptr);
  for (const GpuBuffer& buffer : buffers_) {
    f_.destroy_buffer(logical_, buffer.handle, nullptr);
    f_.free_memory(logical_, buffer.memory, nullptr);
  }
  f_.destroy_set_pool(logical_, set_pool_, nullptr);
  f_.destroy_pipeline_layout(logical_, pipeline_layout_, nullptr);
  f_.destroy_set_layout(logical_, set_layout_, nullptr);
  f_.destroy_fence(logical_, fence_, nullptr);
  f_.destroy_query_pool(logical_, queries_, nullptr);
  f_.destroy_command_pool(logical_, command_pool_, nullptr);
  f_.destroy_device(logical_, nullptr);
}

std::optional<std::uint32_t> GpuSession::memory_type(std::uint32_t allowed, GpuBufferUse use) const {
  const MemoryWish wish = wish_for(use);
  std::optional<std::uint32_t> best;
  int best_rank = -1;
  double best_heap = 0;
  for (std::uint32_t i = 0; i < device_.memory.memoryTypeCount; ++i) {
    const VkMemoryType& type = device_.memory.memoryTypes[i];
    if ((allowed & (1U << i)) == 0 || (type.propertyFlags & wish.needed) != wish.needed) continue;
    const int rank = ((type.propertyFlags & wish.wished) == wish.wished ? 2 : 0) +
                     ((type.propertyFlags & wish.unwished) == 0 ? 1 : 0);
    const double heap = static_cast<double>(device_.memory.memoryHeaps[type.heapIndex].size);
    if (rank < best_rank || (rank == best_rank && heap <= best_heap)) continue;
    best = i;
    best_rank = rank;
    best_heap = heap;
  }
  return best;
}

Result<GpuBuffer> GpuSession::buffer(std::uint64_t bytes, GpuBufferUse use) {
  constexpr const char* kDoing = "taking memory";
  GpuBuffer made;
  made.bytes = bytes;
  VkBufferCreateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  wanted.size = bytes;
  wanted.usage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  wanted.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  VkResult result = f_.create_buffer(logical_, &wanted, nullptr, &made.handle);
  if (result != VK_SUCCESS) return fail(vulkan_refusal(result, kDoing));
  VkMemoryRequirements needs{};
  f_.buffer_requirements(logical_, made.handle, &needs);
  const std::optional<std::uint32_t> type = memory_type(needs.memoryTypeBits, use);
  result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  if (type) {
    VkMemoryAllocateInfo memory{};
    memory.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    memory.allocationSize = needs.size;
    memory.memoryTypeIndex = *type;
    result = f_.allocate_memory(logical_, &memory, nullptr, &made.memory);
  }
  if (result == VK_SUCCESS) result = f_.bind_buffer(logical_, made.handle, made.memory, 0);
  if (result == VK_SUCCESS && use != GpuBufferUse::on_device) {
    void* mapped = nullptr;
    result = f_.map_memory(logical_, made.memory, 0, VK_WHOLE_SIZE, 0, &mapped);
    made.mapped = static_cast<std::uint32_t*>(mapped);
  }
  if (result != VK_SUCCESS) {
    f_.destroy_buffer(logical_, made.handle, nullptr);
    if (made.memory != nullptr) f_.free_memory(logical_, made.memory, nullptr);
    return fail(vulkan_refusal(result, kDoing));
  }
  buffers_.push_back(made);
  return made;
}

Result<GpuProgram> GpuSession::program(GpuShader shader, std::uint32_t group_size) {
  constexpr const char* kDoing = "compiling a shader";
  std::vector<std::uint32_t> words(static_cast<std::size_t>(shader.end - shader.begin) / sizeof(std::uint32_t));
  std::memcpy(words.data(), shader.begin, words.size() * sizeof(std::uint32_t));
  VkShaderModuleCreateInfo code{};
  code.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  code.codeSize = words.size() * sizeof(std::uint32_t);
  code.pCode = words.data();
  VkShaderModule module = nullptr;
  VkResult made = f_.create_shader(logical_, &code, nullptr, &module);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  const VkSpecializationMapEntry entry{0, 0, sizeof group_size};
  const VkSpecializationInfo constants{1, &entry, sizeof group_size, &group_size};
  VkComputePipelineCreateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  wanted.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  wanted.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  wanted.stage.module = module;
  wanted.stage.pName = "main";
  if (group_size > 0) wanted.stage.pSpecializationInfo = &constants;
  wanted.layout = pipeline_layout_;
  GpuProgram program;
  made = f_.create_pipelines(logical_, nullptr, 1, &wanted, nullptr, &program.pipeline);
  f_.destroy_shader(logical_, module, nullptr);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, kDoing));
  pipelines_.push_back(program.pipeline);
  return program;
}

Result<VkDescriptorSet> GpuSession::bindings(const GpuBuffer& data, const GpuBuffer& results,
                                             const GpuBuffer& activations) {
  VkDescriptorSetAllocateInfo wanted{};
  wanted.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  wanted.descriptorPool = set_pool_;
  wanted.descriptorSetCount = 1;
  wanted.pSetLayouts = &set_layout_;
  VkDescriptorSet set = nullptr;
  const VkResult made = f_.allocate_sets(logical_, &wanted, &set);
  if (made != VK_SUCCESS) return fail(vulkan_refusal(made, "binding buffers"));
  const std::array<const GpuBuffer*, kBindings> buffers = {&data, &results, &activations};
  std::array<VkDescriptorBufferInfo, kBindings> infos{};
  std::array<VkWriteDescriptorSet, kBindings> writes{};
  for (std::uint32_t i = 0; i < kBindings; ++i) {
    infos[i] = {buffers[i]->handle, 0, buffers[i]->bytes};
    writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    writes[i].dstSet = set;
    writes[i].dstBinding = i;
    writes[i].descriptorCount = 1;
    writes[i].descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    writes[i].pBufferInfo = &infos[i];
  }
  f_.update_sets(logical_, kBindings, writes.data(), 0, nullptr);
  return set;
}

Result<void> GpuSession::begin() {
  f_.reset_command_pool(logical_, command_pool_, 0);
  VkCommandBufferBeginInfo once{};
  once.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  once.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  const VkResult begun = f_.begin_commands(commands_, &once);
  if (begun != VK_SUCCESS) return fail(vulkan_refusal(begun, "writing commands"));
  if (has_clock()) f_.cmd_reset_queries(commands_, queries_, 0, 2);
  return {};
}

void GpuSession::dispatch(const GpuProgram& program, VkDescriptorSet bindings, const GpuArguments& arguments,
                          std::uint32_t groups) {
  f_.cmd_bind_pipeline(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, program.pipeline);
  f_.cmd_bind_sets(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline_layout_, 0, 1, &bindings, 0, nullptr);
  f_.cmd_push_constants(commands_, pipeline_layout_, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof arguments, &arguments);
  f_.cmd_dispatch(commands_, groups, 1, 1);
}

void GpuSession::clear(const GpuBuffer& buffer) { f_.cmd_fill(commands_, buffer.handle, 0, VK_WHOLE_SIZE, 0); }

void GpuSession::copy(const GpuBuffer& from, const GpuBuffer& to, std::uint64_t bytes) {
  const VkBufferCopy all{0, 0, bytes};
  f_.cmd_copy(commands_, from.handle, to.handle, 1, &all);
}

void GpuSession::barrier() {
  VkMemoryBarrier everything{};
  everything.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  everything.srcAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
  everything.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
  f_.cmd_barrier(commands_, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                 VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &everything, 0, nullptr, 0,
                 nullptr);
}

void GpuSession::start_clock() {
  if (has_clock()) f_.cmd_write_timestamp(commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_, 0);
}

void GpuSession::stop_clock() {
  if (has_clock()) f_.cmd_write_timestamp(commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_, 1);
}

Result<double> GpuSession::run(const char* doing) {
  barrier();  // what was written is seen by the processor
  VkResult result = f_.end_commands(commands_);
  if (result != VK_SUCCESS) return fail(vulkan_refusal(result, doing));
  f_.reset_fences(logical_, 1, &fence_);
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.commandBufferCount = 1;
  submit.pCommandBuffers = &commands_;
  const double sent_s = steady_s();
  result = f_.submit(queue_, 1, &submit, fence_);
  if (result == VK_SUCCESS) result = f_.wait_for_fences(logical_, 1, &fence_, VK_TRUE, kPatienceNs);
  const double waited_s = steady_s() - sent_s;
  is_hung_ = result == VK_TIMEOUT;
  if (result != VK_SUCCESS) return fail(vulkan_refusal(result, doing));
  if (!has_clock()) return waited_s;
  std::array<std::uint64_t, 2> ticks{};
  result =
      f_.query_results(logical_, queries_, 0, 2, sizeof ticks, ticks.data(), sizeof ticks[0], VK_QUERY_RESULT_64_BIT);
  if (result == VK_NOT_READY) return waited_s;  // nobody started the clock
  if (result != VK_SUCCESS) return fail(vulkan_refusal(result, doing));
  const std::uint64_t mask =
      device_.timestamp_bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << device_.timestamp_bits) - 1;
  return static_cast<double>((ticks[1] - ticks[0]) & mask) * device_.timestamp_period_ns * 1e-9;
}

}  // namespace rigwise
