#include "core/deploy/device_pinning.h"

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A driver's number: how many devices of the same maker stand before it on its node; Vulkan counts those of all
/// makers.
int driver_number(const KitPlan& plan, int number, bool counts_all) {
  const KitDevice& device = plan.devices[number];
  int before = 0;
  for (const int other : plan.nodes[device.node].devices) {
    const bool is_counted = counts_all || plan.devices[other].device->vendor == device.device->vendor;
    if (other < number && is_counted) ++before;
  }
  return before;
}

}  // namespace

DevicePin device_pin(const KitPlan& plan, const std::vector<int>& devices, const std::string& backend) {
  DevicePin pin;
  for (const int number : devices) pin.ids.push_back(std::to_string(driver_number(plan, number, backend == "vulkan")));
  const std::string list = join(pin.ids, ",");
  const bool is_amd = backend == "rocm";
  if (backend == "cuda") {
    pin.needs_nvidia_runtime = true;
    pin.environment = {{"CUDA_DEVICE_ORDER", "PCI_BUS_ID"}, {"CUDA_VISIBLE_DEVICES", list}};
  } else if (is_amd) {
    pin.environment = {{"ROCR_VISIBLE_DEVICES", list}};
  } else if (backend == "vulkan") {
    pin.environment = {{"GGML_VK_VISIBLE_DEVICES", list}};
  } else if (backend == "sycl") {
    pin.environment = {{"ONEAPI_DEVICE_SELECTOR", "level_zero:" + list}};
  } else if (backend == "xpu") {
    pin.environment = {{"ZE_AFFINITY_MASK", list}};
  } else {
    pin.ids.clear();
  }
  if (pin.needs_nvidia_runtime) return pin;
  pin.in_container = pin.environment;
  if (is_amd) pin.device_files = {"/dev/kfd:/dev/kfd"};
  if (!pin.ids.empty()) {
    pin.device_files.emplace_back("/dev/dri:/dev/dri");
    pin.groups = {"video", "render"};
  }
  return pin;
}

}  // namespace rigwise
