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

std::string vulkan_answer(const std::string& library) {
  const Result<std::unique_ptr<VulkanInstance>> vulkan = VulkanInstance::open(library);
  if (!vulkan) return {};
  const Result<std::vector<VulkanDevice>> found = vulkan_devices((*vulkan)->functions(), (*vulkan)->handle());
  if (!found || found->empty()) return {};
  Json devices = Json::array();
  for (const VulkanDevice& device : *found) {
    Json json = {{"name", device.name}, {"kind", device.kind}, {"driver", device.driver}};
    if (!device.pci_address.empty()) json["pci_address"] = device.pci_address;
    if (const VulkanHeap* heap = device.own_heap()) {
      json["memory_bytes"] = heap->bytes;
      add(json, "budget_bytes", heap->budget_bytes);
    }
    devices.push_back(std::move(json));
  }
  return Json({{"devices", std::move(devices)}}).dump(1) + "\n";
}

}  // namespace rigwise
