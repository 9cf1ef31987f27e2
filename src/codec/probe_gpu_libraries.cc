// What graphics drivers' libraries said when this program asked them: NVML and Vulkan, as JSON of our own.
#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/machine/gpu_identity.h"

namespace rigwise {
namespace {

const Json& list_in(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() || !found->is_array() ? kNone : *found;
}

/// "AMD Radeon RX 7900 XTX (RADV NAVI31)": the driver's own word for the chip is no part of the name.
std::string without_chip(std::string name) {
  const std::size_t open = name.rfind(" (");
  if (open != std::string::npos && name.ends_with(')')) name.resize(open);
  return name;
}

/// A device's own memory, from all its heaps where they are told.
std::optional<double> own_memory_of(const Json& device) {
  std::vector<GpuHeap> heaps;
  for (const Json& heap : list_in(device, "heaps")) {
    const std::optional<double> bytes = json_number(heap, "bytes");
    if (bytes) heaps.push_back({*bytes, json_number(heap, "budget_bytes"), json_word(heap, "device_local") == "true"});
  }
  const double own = own_memory_bytes(heaps);
  return own > 0 ? std::optional<double>(own) : json_number(device, "memory_bytes");
}

void read_nvml_card(const Json& card, const std::string& id, const std::string& driver, FactSheet& sheet) {
  const std::string at = "gpu/" + id + "/";
  sheet.add_text(at + "name", json_word(card, "name"), "NVML name");
  sheet.add_text(at + "vendor", "NVIDIA", "NVML");
  sheet.add_text(at + "driver", driver, "NVML driver version");
  constexpr const char* kNumbers[] = {"memory_bytes", "memory_free_bytes", "power_limit_w", "link_gen",
                                      "link_gen_max", "link_lanes",        "link_lanes_max"};
  for (const char* key : kNumbers) {
    if (const auto number = json_number(card, key)) sheet.add_number(at + key, *number, std::string("NVML ") + key);
  }
  if (const auto peak = json_number(card, "memory_peak_gbps"))
    sheet.add_number(at + "memory_peak_gbps", *peak, "NVML memory clock x 2 x bus width");
  const std::string ecc = json_word(card, "ecc");
  if (!ecc.empty()) sheet.add_text(at + "ecc", ecc == "true" ? "Enabled" : "Disabled", "NVML ECC mode");
}

}  // namespace

void read_nvml(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  const std::string driver = json_word(*json, "driver");
  int index = 0;
  for (const Json& card : list_in(*json, "cards")) {
    const std::string address = json_word(card, "pci_address");
    std::string id = "nvidia";
    id += std::to_string(index++);
    if (!json_word(card, "name").empty()) read_nvml_card(card, address.empty() ? id : address, driver, sheet);
  }
}

void read_vulkan(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  int index = 0;
  for (const Json& device : list_in(*json, "devices")) {
    std::string at = "vulkan/";
    at.append(std::to_string(index++)).append("/");
    const std::string name = json_word(device, "name"), kind = json_word(device, "kind");
    sheet.add_text(at + "name", name, "Vulkan device name");
    sheet.add_text(at + "kind", kind, "Vulkan device type");
    sheet.add_text(at + "driver", json_word(device, "driver"), "Vulkan driver");
    const std::optional<double> bytes = own_memory_of(device);
    if (bytes) sheet.add_number(at + "memory_bytes", *bytes, "Vulkan's heaps of the device");
    // Only an address says that this is a card that others speak of; a software device has none.
    const std::string address = json_word(device, "pci_address");
    if (address.empty() || kind == "software") continue;
    const std::string card = "gpu/" + address + "/";
    sheet.add_text(card + "name", without_chip(name), "Vulkan device name");
    if (kind == "discrete" && bytes) sheet.add_number(card + "memory_bytes", *bytes, "Vulkan's heaps of the device");
    if (kind == "integrated") sheet.add_number(card + "unified", 1, "Vulkan device type");
  }
}

}  // namespace rigwise
