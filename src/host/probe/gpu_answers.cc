#include "host/probe/gpu_answers.h"

#include "codec/json_text.h"
#include "host/gpu/vulkan_devices.h"

namespace rigwise {
namespace {

template <class T>
void add(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}

Json card_answer(const NvmlCard& card) {
  Json json = Json::object();
  if (!card.fault.empty()) json["fault"] = card.fault;
  if (card.name.empty()) return json;
  json["name"] = card.name;
  if (!card.pci_address.empty()) json["pci_address"] = card.pci_address;
  add(json, "memory_bytes", card.memory_bytes);
  add(json, "memory_free_bytes", card.memory_free_bytes);
  add(json, "memory_peak_gbps", card.memory_peak_gbps());
  add(json, "link_gen", card.link_gen);
  add(json, "link_gen_max", card.link_gen_max);
  add(json, "link_lanes", card.link_lanes);
  add(json, "link_lanes_max", card.link_lanes_max);
  add(json, "power_limit_w", card.power_limit_w);
  add(json, "power_w", card.power_w);
  add(json, "temperature_c", card.temperature_c);
  add(json, "clock_mhz", card.clock_mhz);
  add(json, "clock_mhz_max", card.clock_mhz_max);
  add(json, "ecc", card.ecc);
  if (!card.limits.empty()) json["limits"] = card.limits;
  return json;
}

}  // namespace

std::string nvml_answer(const std::string& library) {
  const Result<std::unique_ptr<NvmlLibrary>> nvml = NvmlLibrary::open(library);
  if (!nvml) {
    // A machine without NVIDIA's driver has nothing to tell; one whose driver refuses has.
    return nvml.error().code == ErrorCode::not_found ? "" : Json({{"fault", nvml.error().message}}).dump(1) + "\n";
  }
  Json cards = Json::array();
  for (std::size_t i = 0; i < (*nvml)->count(); ++i) cards.push_back(card_answer((*nvml)->card(i)));
  return Json({{"driver", (*nvml)->driver()}, {"cards", std::move(cards)}}).dump(1) + "\n";
}

std::string nvml_address(const NvmlLibrary& nvml, const std::string& uuid) {
  for (std::size_t i = 0; i < nvml.count(); ++i) {
    const NvmlCard card = nvml.card(i);
    if (!card.uuid.empty() && card.uuid == uuid) return card.pci_address;
  }
  return {};
}

std::string vulkan_answer(const std::string& library, const std::string& nvml_library) {
  const Result<std::unique_ptr<VulkanInstance>> vulkan = VulkanInstance::open(library);
  if (!vulkan) return {};
  const Result<std::vector<VulkanDevice>> found = vulkan_devices((*vulkan)->functions(), (*vulkan)->handle());
  if (!found || found->empty()) return {};
  const Result<std::unique_ptr<NvmlLibrary>> nvml = NvmlLibrary::open(nvml_library);
  Json devices = Json::array();
  for (const VulkanDevice& device : *found) {
    Json json = {{"name", device.name}, {"kind", device.kind}, {"driver", device.driver}};
    // A UUID names one card and stays here; the address that it leads to names a slot.
    std::string address = device.pci_address;
    if (address.empty() && !device.uuid.empty() && nvml) address = nvml_address(**nvml, device.uuid);
    if (!address.empty()) json["pci_address"] = address;
    if (const double bytes = own_memory_bytes(device.heaps); bytes > 0) json["memory_bytes"] = bytes;
    add(json, "budget_bytes", own_budget_bytes(device.heaps));
    Json heaps = Json::array();
    for (const GpuHeap& heap : device.heaps) {
      Json one = {{"bytes", heap.bytes}, {"device_local", heap.is_device_local}};
      add(one, "budget_bytes", heap.budget_bytes);
      heaps.push_back(std::move(one));
    }
    json["heaps"] = std::move(heaps);
    devices.push_back(std::move(json));
  }
  return Json({{"devices", std::move(devices)}}).dump(1) + "\n";
}

}  // namespace rigwise
