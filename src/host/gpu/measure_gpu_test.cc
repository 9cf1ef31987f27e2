// Everything here runs on a graphics processor in software (lavapipe, of mesa-vulkan-drivers): the same calls and
// shaders as on a card. Faults are made by functions of our own in the place of Vulkan's.
#include "host/gpu/measure_gpu.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

#include "host/gpu/gpu_words.h"

namespace rigwise {
namespace {

using testing::HasSubstr;

class SoftwareGpu : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Result<std::unique_ptr<VulkanInstance>> opened = VulkanInstance::open();
    ASSERT_TRUE(opened) << opened.error().message << ": " << opened.error().try_this;
    vulkan_ = opened->release();  // drivers do not like to be closed and opened again
  }

  void SetUp() override {
    ASSERT_NE(vulkan_, nullptr);
    functions_ = vulkan_->functions();
    const Result<std::vector<VulkanDevice>> devices = vulkan_devices(functions_, vulkan_->handle());
    ASSERT_TRUE(devices);
    const auto found = std::find_if(devices->begin(), devices->end(), [](const auto& d) { return d.is_software; });
    ASSERT_NE(found, devices->end()) << "mesa-vulkan-drivers brings one";
    device_ = *found;
    device_.storage_range = 4 << 20;  // small pieces, so that there are several
    choices_.quick = true;
    choices_.software = true;
    choices_.buffer_bytes_most = 12 << 20;
    refused_after = 1 << 30;
  }

  ProbedGpu measure() { return measure_gpu(functions_, device_, choices_); }

  static inline VulkanInstance* vulkan_ = nullptr;
  /// Calls that the function put in place lets through before it refuses.
  static inline int refused_after = 0;
  VulkanFunctions functions_;
  VulkanDevice device_;
  GpuMeasureChoices choices_;
};

TEST(GpuWords, ScalesAreTamedAndTheRestIsRandom) {
  std::uint32_t sum = 0;
  for (std::uint32_t at = 0; at < 9 * 64; ++at) {
    const std::uint32_t word = gpu_word(at, 5);
    sum += word;
    EXPECT_TRUE(at % 9 != 0 || (word & 0xFC00FC00U) == 0x20002000U) << at;
  }
  EXPECT_EQ(gpu_words_sum(9 * 64, 5), sum);
  EXPECT_NE(gpu_words_sum(9 * 64, 5), gpu_words_sum(9 * 64, 6));
}

TEST(GpuWords, AProductIsTheSumOfItsWeights) {
  std::vector<float> one(kGpuRowWeights, 0);
  one[64] = 1;  // the first weight of the second pair
  const std::uint32_t scales = gpu_word(kGpuRowWords + 9, 5), quants = gpu_word(kGpuRowWords + 10, 5);
  const double scale = (1 + (scales & 0x3FFU) / 1024.0) / 128;
  EXPECT_DOUBLE_EQ(gpu_row_product(1, 5, one.data()), scale * (static_cast<double>(quants & 15U) - 8));
}

TEST_F(SoftwareGpu, IsKnownForWhatItIs) {
  EXPECT_EQ(device_.kind, "software");
  EXPECT_TRUE(device_.pci_address.empty());
  EXPECT_FALSE(device_.driver.empty());
  ASSERT_NE(device_.own_heap(), nullptr);
  EXPECT_GT(device_.own_heap()->bytes, 0);
  EXPECT_EQ(unmeasured_gpu(device_, 3).id, "vulkan-3");
}

TEST_F(SoftwareGpu, IsMeasuredWithResultsThatAreRight) {
  const ProbedGpu gpu = measure();
  EXPECT_EQ(gpu.fault, "");
  EXPECT_TRUE(gpu.is_software);
  EXPECT_GT(gpu.buffer_bytes, 11 << 20);
  ASSERT_TRUE(gpu.read_gbps && gpu.read_usual_gbps && gpu.q4_gbps && gpu.fp32_tflops && gpu.to_device_gbps);
  EXPECT_LE(*gpu.read_usual_gbps, *gpu.read_gbps);
  EXPECT_GT(*gpu.q4_gbps, 0);
  EXPECT_GT(*gpu.fp32_tflops, 0);
  EXPECT_EQ(gpu.fp16_tflops.has_value(), device_.has_fp16);
  EXPECT_GT(*gpu.from_device_gbps, 0);
}

TEST_F(SoftwareGpu, IsNotMeasuredUnlessAskedFor) {
  choices_.software = false;
  const Result<std::vector<ProbedGpu>> gpus = measure_gpus(choices_);
  ASSERT_TRUE(gpus);
  for (const ProbedGpu& gpu : *gpus) {
    if (!gpu.is_software) continue;
    EXPECT_FALSE(gpu.read_gbps);
    EXPECT_THAT(gpu.fault, HasSubstr("the processor in disguise"));
  }
}

TEST_F(SoftwareGpu, SeenThroughTwoDriversIsMeasuredOnce) {
  static PFN_vkCreateDevice create;
  static int opened = 0;
  create = functions_.create_device;
  opened = 0;
  functions_.create_device = [](VkPhysicalDevice device, const VkDeviceCreateInfo* info,
                                const VkAllocationCallbacks* own, VkDevice* made) {
    ++opened;
    return create(device, info, own, made);
  };
  choices_.is_stopped = [] { return true; };  // opened, and no more
  VulkanDevice one = device_, other = device_;
  one.pci_address = other.pci_address = "0000:03:00.0";
  one.driver = "radv";
  other.driver = "AMDVLK";
  const std::vector<ProbedGpu> gpus = measure_devices(functions_, {one, other}, choices_);
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(gpus[0].id, "0000:03:00.0");
  EXPECT_EQ(gpus[0].driver, "radv");
  EXPECT_THAT(gpus[0].other_drivers, testing::ElementsAre("AMDVLK"));
  other.pci_address = "0000:04:00.0";
  EXPECT_EQ(measure_devices(functions_, {one, other}, choices_).size(), 2U) << "two cards are two";
}

TEST_F(SoftwareGpu, IsLeftToItsOtherDriverWhereOneFails) {
  static PFN_vkCreateDevice create;
  create = functions_.create_device;
  refused_after = 1;
  functions_.create_device = [](VkPhysicalDevice device, const VkDeviceCreateInfo* info,
                                const VkAllocationCallbacks* own, VkDevice* made) {
    return refused_after-- > 0 ? VK_ERROR_INITIALIZATION_FAILED : create(device, info, own, made);
  };
  VulkanDevice one = device_, other = device_;
  one.pci_address = other.pci_address = "0000:03:00.0";
  one.driver = "radv";
  other.driver = "AMDVLK";
  const std::vector<ProbedGpu> gpus = measure_devices(functions_, {one, other}, choices_);
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(gpus[0].driver, "AMDVLK");
  EXPECT_EQ(gpus[0].fault, "");
  EXPECT_TRUE(gpus[0].read_gbps);
  ASSERT_FALSE(gpus[0].notes.empty());
  EXPECT_THAT(gpus[0].notes.back(), HasSubstr("since radv failed"));
}

TEST_F(SoftwareGpu, WhoseDriverTellsNoAddressIsFoundByItsUuid) {
  choices_.is_stopped = [] { return true; };
  choices_.address_of = [](const std::string& uuid) { return uuid == "a-uuid" ? "0000:01:00.0" : ""; };
  VulkanDevice unplaced = device_, placed = device_;
  unplaced.uuid = "a-uuid";
  placed.uuid = "";
  placed.pci_address = "0000:01:00.0";
  const std::vector<ProbedGpu> gpus = measure_devices(functions_, {unplaced, placed}, choices_);
  ASSERT_EQ(gpus.size(), 1U);
  EXPECT_EQ(gpus[0].id, "0000:01:00.0");
}

TEST_F(SoftwareGpu, WithoutAClockIsTimedByTheProcessor) {
  device_.timestamp_bits = 0;
  const ProbedGpu gpu = measure();
  EXPECT_EQ(gpu.fault, "");
  EXPECT_GT(gpu.read_gbps.value_or(0), 0);
  ASSERT_FALSE(gpu.notes.empty());
  EXPECT_THAT(gpu.notes.front(), HasSubstr("no clock"));
}

TEST_F(SoftwareGpu, StopsWhenTold) {
  int asked = 0;
  choices_.is_stopped = [&] { return ++asked > 2; };
  const ProbedGpu gpu = measure();
  EXPECT_EQ(gpu.fault, "");
  EXPECT_TRUE(gpu.read_gbps);
  EXPECT_FALSE(gpu.q4_gbps);
}

TEST_F(SoftwareGpu, WithLittleMemoryIsMeasuredWithLess) {
  static PFN_vkAllocateMemory allocate;
  allocate = functions_.allocate_memory;
  refused_after = 2;  // two pieces, not three
  functions_.allocate_memory = [](VkDevice device, const VkMemoryAllocateInfo* info, const VkAllocationCallbacks* own,
                                  VkDeviceMemory* memory) {
    if (info->allocationSize > (3 << 20) && refused_after-- <= 0) return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    return allocate(device, info, own, memory);
  };
  choices_.is_stopped = [n = 0]() mutable { return ++n > 2; };  // before the copies, which take such a piece too
  const ProbedGpu gpu = measure();
  EXPECT_EQ(gpu.fault, "");
  EXPECT_LT(gpu.buffer_bytes, 9 << 20);
  EXPECT_TRUE(gpu.read_gbps);
}

TEST_F(SoftwareGpu, WithNoMemorySaysSo) {
  functions_.allocate_memory = [](VkDevice, const VkMemoryAllocateInfo*, const VkAllocationCallbacks*,
                                  VkDeviceMemory*) { return VK_ERROR_OUT_OF_DEVICE_MEMORY; };
  const ProbedGpu gpu = measure();
  EXPECT_EQ(gpu.fault, "out of memory while taking memory");
  EXPECT_FALSE(gpu.read_gbps);
}

TEST_F(SoftwareGpu, ThatIsLostKeepsWhatWasMeasuredBefore) {
  static PFN_vkQueueSubmit submit;
  static bool is_multiplying = false;
  submit = functions_.submit;
  is_multiplying = false;
  functions_.submit = [](VkQueue queue, std::uint32_t count, const VkSubmitInfo* info, VkFence fence) {
    return is_multiplying ? VK_ERROR_DEVICE_LOST : submit(queue, count, info, fence);
  };
  choices_.progress = [](const std::string& phase, double) {
    is_multiplying = phase.find("4-bit") != std::string::npos;
  };
  const ProbedGpu gpu = measure();
  EXPECT_THAT(gpu.fault, HasSubstr("the device was lost while"));
  EXPECT_TRUE(gpu.read_gbps);
  EXPECT_FALSE(gpu.q4_gbps);
}

TEST_F(SoftwareGpu, ThatNeverAnswersIsGivenUp) {
  static PFN_vkWaitForFences wait;
  wait = functions_.wait_for_fences;
  functions_.wait_for_fences = [](VkDevice device, std::uint32_t count, const VkFence* fences, VkBool32 all,
                                  std::uint64_t patience) {
    wait(device, count, fences, all, patience);
    return VK_TIMEOUT;
  };
  EXPECT_THAT(measure().fault, HasSubstr("the device gave no answer while"));
}

TEST_F(SoftwareGpu, ThatComputesWrongHasNoFigures) {
  static PFN_vkCmdDispatch dispatch;
  dispatch = functions_.cmd_dispatch;
  functions_.cmd_dispatch = [](VkCommandBuffer commands, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
    dispatch(commands, x > 1 ? x / 2 : x, y, z);  // half of the work is left out: strided loops still end
  };
  const ProbedGpu gpu = measure();
  EXPECT_THAT(gpu.fault, HasSubstr("wrong"));
  EXPECT_FALSE(gpu.q4_gbps);
}

TEST_F(SoftwareGpu, WithoutAQueueOrADeviceIsAFault) {
  functions_.create_device = [](VkPhysicalDevice, const VkDeviceCreateInfo*, const VkAllocationCallbacks*, VkDevice*) {
    return VK_ERROR_INITIALIZATION_FAILED;
  };
  EXPECT_EQ(measure().fault, "Vulkan refused with -3 while opening the device");
}

TEST(Vulkan, WithoutALoaderSaysWhatIsMissing) {
  const auto opened = VulkanInstance::open("libvulkan-that-is-not-here.so.1");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "there is no Vulkan loader");
  EXPECT_THAT(opened.error().try_this, HasSubstr("mesa-vulkan-drivers"));
  EXPECT_FALSE(measure_gpus({}, "libvulkan-that-is-not-here.so.1"));
}

TEST(Vulkan, ALibraryThatIsNoLoaderIsRefused) {
  const auto opened = VulkanInstance::open("libm.so.6");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message, "this is no Vulkan loader");
}

}  // namespace
}  // namespace rigwise
