// amd-smi, rocm-smi, xpu-smi and lspci.
#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

/// The members of an answer, whether it is one object, a list of them, or a list below a key.
std::vector<const Json*> records_in(const Json& json, std::string_view list_key) {
  std::vector<const Json*> records;
  const Json* list = &json;
  if (json.is_object() && json.contains(std::string(list_key))) list = &json[std::string(list_key)];
  if (list->is_array()) {
    for (const Json& record : *list) records.push_back(&record);
  } else {
    records.push_back(list);
  }
  return records;
}

const Json& member(const Json& object, const char* key) {
  static const Json kNone;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

bool is_unknown(std::string_view word) { return word.empty() || lower(word) == "n/a"; }

void add_word(FactSheet& sheet, const std::string& key, const std::string& word, std::string source) {
  if (!is_unknown(word)) sheet.add_text(key, word, std::move(source));
}

/// amd-smi gives a figure as "191 MB" or as {"value": 191, "unit": "MB"}.
std::string measured_word(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (value.is_object()) return json_word(value, "value") + " " + json_word(value, "unit");
  return json_word(object, key);
}

void read_amd_record(const Json& gpu, FactSheet& sheet, std::size_t index) {
  const std::string bdf = json_word(member(gpu, "bus"), "bdf");
  const std::string at = "gpu/" + (is_unknown(bdf) ? "amd" + std::to_string(index) : pci_address(bdf)) + "/";
  add_word(sheet, at + "name", json_word(member(gpu, "asic"), "market_name"), "amd-smi asic market_name");
  sheet.add_text(at + "vendor", "AMD", "amd-smi");
  add_word(sheet, at + "driver", json_word(member(gpu, "driver"), "version"), "amd-smi driver version");
  const auto bytes = [&](const char* key, const Json& of, const char* field) {
    const std::string word = measured_word(of, field);
    if (const auto n = bytes_in(word, kMib)) sheet.add_number(at + key, *n, std::string("amd-smi ") + field);
  };
  bytes("memory_bytes", member(gpu, "vram"), "size");
  bytes("memory_bytes", member(gpu, "mem_usage"), "total_vram");
  bytes("memory_free_bytes", member(gpu, "mem_usage"), "free_vram");
  bytes("shared_memory_bytes", member(gpu, "mem_usage"), "total_gtt");
  const std::string cap = measured_word(member(gpu, "limit"), "socket_power_limit");
  const std::string old_cap = measured_word(member(gpu, "limit"), "max_power");
  if (const auto watts = leading_number(cap.size() > 1 ? cap : old_cap))
    sheet.add_number(at + "power_limit_w", *watts, "amd-smi limit");
}

void read_rocm_card(const std::string& card, const Json& gpu, FactSheet& sheet) {
  const std::string bus = json_word(gpu, "PCI Bus");
  const std::string at = "gpu/" + (is_unknown(bus) ? card : pci_address(bus)) + "/";
  for (const char* key : {"Card Series", "Card series", "Device Name", "Card Model"}) {
    const std::string name = json_word(gpu, key);
    if (is_unknown(name) || name.starts_with("0x")) continue;  // a number where the driver has no name
    sheet.add_text(at + "name", name, std::string("rocm-smi ") + key);
    break;
  }
  sheet.add_text(at + "vendor", "AMD", "rocm-smi");
  const auto number = [&](const char* key, const char* field) {
    if (const auto n = json_number(gpu, field)) sheet.add_number(at + key, *n, std::string("rocm-smi ") + field);
  };
  number("memory_bytes", "VRAM Total Memory (B)");
  number("shared_memory_bytes", "GTT Total Memory (B)");
  number("power_limit_w", "Max Graphics Package Power (W)");
  const auto total = json_number(gpu, "VRAM Total Memory (B)"), used = json_number(gpu, "VRAM Total Used Memory (B)");
  if (total && used && *used <= *total) {
    sheet.add_number(at + "memory_free_bytes", *total - *used, "rocm-smi VRAM Total Used Memory (B)");
  }
}

/// "Advanced Micro Devices, Inc. [AMD/ATI] Navi 31 [Radeon RX 7900 XT/7900 XTX] [1002:744c] (rev c8)": vendor, name.
void read_lspci_device(const std::string& at, std::string_view words, FactSheet& sheet) {
  const std::string low = lower(words);
  const char* vendor = low.find("nvidia") != std::string::npos          ? "NVIDIA"
                       : low.find("micro devices") != std::string::npos ? "AMD"
                       : low.find("intel") != std::string::npos         ? "Intel"
                                                                        : "";
  // The last bracket before "[1002:744c]" is what people call it; without one, what stands after the vendor.
  const std::size_t ids = words.rfind('[');
  const std::string_view before = trim(words.substr(0, ids == std::string_view::npos ? words.size() : ids));
  std::string_view name = before;
  if (before.ends_with(']')) {
    const std::size_t open = before.rfind('[');
    if (open != std::string_view::npos && before.find("[AMD/ATI]") != open)
      name = before.substr(open + 1, before.size() - open - 2);
  } else if (const std::size_t corporation = before.find("Corporation "); corporation != std::string_view::npos) {
    name = before.substr(corporation + std::string_view("Corporation ").size());
  }
  if (const std::size_t maker = name.find("[AMD/ATI] "); maker != std::string_view::npos)
    name = name.substr(maker + std::string_view("[AMD/ATI] ").size());
  if (name.starts_with("Device ")) return;  // pciutils does not know it
  sheet.add_text(at + "name", name, "lspci");
  sheet.add_text(at + "vendor", vendor, "lspci");
}

}  // namespace

void read_amd_smi(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  const std::vector<const Json*> records = records_in(*json, "gpu_data");
  for (std::size_t i = 0; i < records.size(); ++i) read_amd_record(*records[i], sheet, i);
}

void read_rocm_smi(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json || !json->is_object()) return;
  for (const auto& [card, gpu] : json->items()) {
    if (card.starts_with("card") && gpu.is_object()) read_rocm_card(card, gpu, sheet);
  }
}

void read_xpu_smi(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  const std::vector<const Json*> records = records_in(*json, "device_list");
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Json& gpu = *records[i];
    const std::string bdf = json_word(gpu, "pci_bdf_address");
    const std::string at = "gpu/" + (bdf.empty() ? "intel" + std::to_string(i) : pci_address(bdf)) + "/";
    add_word(sheet, at + "name", json_word(gpu, "device_name"), "xpu-smi device_name");
    sheet.add_text(at + "vendor", "Intel", "xpu-smi");
    add_word(sheet, at + "driver", json_word(gpu, "driver_version"), "xpu-smi driver_version");
    if (const auto n = json_number(gpu, "memory_physical_size_byte"))
      sheet.add_number(at + "memory_bytes", *n, "xpu-smi memory_physical_size_byte");
    if (const auto n = json_number(gpu, "memory_free_size_byte"))
      sheet.add_number(at + "memory_free_bytes", *n, "xpu-smi memory_free_size_byte");
  }
}

void read_lspci(std::string_view text, FactSheet& sheet) {
  for (const std::string_view line : split(text, '\n')) {
    // "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation ...": 03 is display, 12 processing accelerators.
    const std::size_t space = line.find(' ');
    const std::size_t kind = line.find(" [03"), accelerator = line.find(" [12");
    const std::size_t at = std::min(kind, accelerator);
    const std::size_t colon = at == std::string_view::npos ? at : line.find("]: ", at);
    if (space == std::string_view::npos || colon == std::string_view::npos) continue;
    read_lspci_device("gpu/" + pci_address(line.substr(0, space)) + "/", line.substr(colon + 3), sheet);
  }
}

}  // namespace rigwise
