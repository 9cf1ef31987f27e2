// macOS and Windows.
#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

const Json& list_of(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() || !found->is_array() ? kNone : *found;
}

/// Windows gives one record as an object and several as a list.
std::vector<const Json*> records_of(const Json& object, const char* key) {
  std::vector<const Json*> records;
  if (!object.is_object()) return records;
  const auto found = object.find(key);
  if (found == object.end()) return records;
  if (found->is_array()) {
    for (const Json& record : *found) records.push_back(&record);
  } else {
    records.push_back(&*found);
  }
  return records;
}

void read_mac_hardware(const Json& hardware, FactSheet& sheet) {
  const std::string source = "system_profiler ";
  const auto text = [&](const char* key, const char* field) {
    sheet.add_text(key, json_word(hardware, field), source + field);
  };
  sheet.add_text("machine/maker", "Apple", "system_profiler");
  text("machine/product", "machine_name");
  text("machine/model", "machine_model");
  text("cpu/name", "chip_type");
  text("cpu/name", "cpu_type");
  if (const auto bytes = bytes_in(json_word(hardware, "physical_memory"), kGib))
    sheet.add_number("memory/total_bytes", *bytes, source + "physical_memory");
  // "proc 16:12:4:0": all, performance, efficiency.
  std::string processors = json_word(hardware, "number_processors");
  if (processors.starts_with("proc ")) processors = processors.substr(5);
  if (const auto cores = leading_number(processors))
    sheet.add_number("cpu/cores", *cores, source + "number_processors");
}

void read_mac_display(const Json& display, FactSheet& sheet, std::size_t index) {
  const std::string at = "gpu/apple" + std::to_string(index) + "/";
  std::string name = json_word(display, "sppci_model");
  if (name.empty()) name = json_word(display, "_name");
  sheet.add_text(at + "name", name, "system_profiler sppci_model");
  sheet.add_text(at + "vendor", json_word(display, "spdisplays_vendor"), "system_profiler spdisplays_vendor");
  if (const auto cores = json_number(display, "sppci_cores"))
    sheet.add_number(at + "cores", *cores, "system_profiler sppci_cores");
  if (const auto bytes = bytes_in(json_word(display, "spdisplays_vram"), kMib))
    sheet.add_number(at + "memory_bytes", *bytes, "system_profiler spdisplays_vram");
}

void read_windows_memory(const Json& json, FactSheet& sheet) {
  std::size_t index = 0;
  for (const Json* module : records_of(json, "Win32_PhysicalMemory")) {
    const std::string at = "dimm/" + std::to_string(index) + "/";
    if (const auto bytes = json_number(*module, "Capacity"))
      sheet.add_number(at + "bytes", *bytes, "Win32_PhysicalMemory Capacity");
    if (const auto mts = json_number(*module, "ConfiguredClockSpeed"))
      sheet.add_number(at + "mts", *mts, "Win32_PhysicalMemory ConfiguredClockSpeed");
    if (const auto bits = json_number(*module, "DataWidth"))
      sheet.add_number(at + "width_bits", *bits, "Win32_PhysicalMemory DataWidth");
    const auto kind = json_number(*module, "SMBIOSMemoryType");
    constexpr double kDdr4 = 26, kDdr5 = 34, kLpddr5 = 35;
    if (kind)
      sheet.add_text(at + "kind",
                     *kind == kDdr4     ? "DDR4"
                     : *kind == kDdr5   ? "DDR5"
                     : *kind == kLpddr5 ? "LPDDR5"
                                        : "",
                     "Win32_PhysicalMemory SMBIOSMemoryType");
    const std::string place = json_word(*module, "DeviceLocator");
    // "Controller0-ChannelA", "DIMM_A1"; the number behind the letter is the module of the channel.
    const std::size_t channel = place.find("Channel");
    if (channel != std::string::npos) {
      sheet.add_text(at + "channel", place.substr(0, channel + std::string("ChannelA").size()),
                     "Win32_PhysicalMemory DeviceLocator");
    } else if (!json_word(*module, "BankLabel").empty()) {
      sheet.add_text(at + "channel", json_word(*module, "BankLabel"), "Win32_PhysicalMemory BankLabel");
    }
    ++index;
  }
}

void read_windows_gpu(const Json& json, FactSheet& sheet) {
  std::size_t index = 0;
  for (const Json* adapter : records_of(json, "Win32_VideoController")) {
    const std::string at = "gpu/adapter" + std::to_string(index++) + "/";
    const std::string name = json_word(*adapter, "Name");
    sheet.add_text(at + "name", name, "Win32_VideoController Name");
    sheet.add_text(at + "vendor", json_word(*adapter, "AdapterCompatibility"),
                   "Win32_VideoController AdapterCompatibility");
    sheet.add_text(at + "driver", json_word(*adapter, "DriverVersion"), "Win32_VideoController DriverVersion");
    // AdapterRAM has 32 bits and is wrong for every card of 4 GB and more: the registry's 64-bit value counts.
    for (const Json* entry : records_of(json, "AdapterRegistry")) {
      if (json_word(*entry, "DriverDesc") != name) continue;
      if (const auto bytes = json_number(*entry, "HardwareInformation.qwMemorySize"))
        sheet.add_number(at + "memory_bytes", *bytes, "registry HardwareInformation.qwMemorySize");
    }
  }
}

}  // namespace

void read_system_profiler(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  for (const Json& hardware : list_of(*json, "SPHardwareDataType")) read_mac_hardware(hardware, sheet);
  std::size_t index = 0;
  for (const Json& display : list_of(*json, "SPDisplaysDataType")) read_mac_display(display, sheet, index++);
}

void read_sysctl(std::string_view text, FactSheet& sheet) {
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t at = line.find(": ");
    if (at == std::string_view::npos) continue;
    const std::string_view key = trim(line.substr(0, at)), value = trim(line.substr(at + 2));
    const std::string source = "sysctl " + std::string(key);
    const std::optional<double> number = leading_number(value);
    if (key == "machdep.cpu.brand_string") sheet.add_text("cpu/name", value, source);
    if (key == "hw.model") sheet.add_text("machine/model", value, source);
    if (key == "kern.osproductversion") sheet.add_text("os/name", "macOS " + std::string(value), source);
    if (!number) continue;
    if (key == "hw.memsize") sheet.add_number("memory/total_bytes", *number, source);
    if (key == "hw.physicalcpu") sheet.add_number("cpu/cores", *number, source);
    if (key == "hw.logicalcpu") sheet.add_number("cpu/threads", *number, source);
    if (key == "iogpu.wired_limit_mb") sheet.add_number("apple/wired_limit_mb", *number, source);
    if (key == "hw.optional.arm64" && *number == 1) sheet.add_text("cpu/architecture", "arm64", source);
  }
}

void read_windows_cim(std::string_view text, FactSheet& sheet) {
  const Result<Json> json = parse_json(text);
  if (!json) return;
  double cores = 0, threads = 0, sockets = 0;
  for (const Json* cpu : records_of(*json, "Win32_Processor")) {
    if (sockets++ == 0) {
      sheet.add_text("cpu/name", json_word(*cpu, "Name"), "Win32_Processor Name");
      sheet.add_text("cpu/vendor", json_word(*cpu, "Manufacturer"), "Win32_Processor Manufacturer");
    }
    cores += json_number(*cpu, "NumberOfCores").value_or(0);
    threads += json_number(*cpu, "NumberOfLogicalProcessors").value_or(0);
  }
  if (sockets > 0) sheet.add_number("cpu/sockets", sockets, "Win32_Processor");
  if (cores > 0) sheet.add_number("cpu/cores", cores, "Win32_Processor NumberOfCores");
  if (threads > 0) sheet.add_number("cpu/threads", threads, "Win32_Processor NumberOfLogicalProcessors");
  for (const Json* system : records_of(*json, "Win32_ComputerSystem")) {
    sheet.add_text("machine/maker", json_word(*system, "Manufacturer"), "Win32_ComputerSystem Manufacturer");
    sheet.add_text("machine/product", json_word(*system, "Model"), "Win32_ComputerSystem Model");
    if (const auto bytes = json_number(*system, "TotalPhysicalMemory"))
      sheet.add_number("memory/total_bytes", *bytes, "Win32_ComputerSystem TotalPhysicalMemory");
  }
  for (const Json* os : records_of(*json, "Win32_OperatingSystem")) {
    sheet.add_text("os/name", json_word(*os, "Caption"), "Win32_OperatingSystem Caption");
    if (const auto kib = json_number(*os, "FreePhysicalMemory"))
      sheet.add_number("memory/available_bytes", *kib * 1024, "Win32_OperatingSystem FreePhysicalMemory");
  }
  read_windows_memory(*json, sheet);
  read_windows_gpu(*json, sheet);
}

}  // namespace rigwise
