#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/machine/fact_sheet.h"

namespace rigwise {

/// Readers of single answers; read_probe_answers() calls them.
void read_nvidia_xml(std::string_view text, FactSheet& sheet);
void read_nvidia_csv(std::string_view text, FactSheet& sheet);
void read_nvml(std::string_view text, FactSheet& sheet);
void read_vulkan(std::string_view text, FactSheet& sheet);
void read_amd_smi(std::string_view text, FactSheet& sheet);
void read_rocm_smi(std::string_view text, FactSheet& sheet);
void read_xpu_smi(std::string_view text, FactSheet& sheet);
void read_system_profiler(std::string_view text, FactSheet& sheet);
void read_sysctl(std::string_view text, FactSheet& sheet);
void read_windows_cim(std::string_view text, FactSheet& sheet);
void read_sysfs_lines(std::string_view text, FactSheet& sheet);
void read_cpuinfo(std::string_view text, FactSheet& sheet);
void read_meminfo(std::string_view text, FactSheet& sheet);
void read_dmidecode(std::string_view text, FactSheet& sheet);
void read_lspci(std::string_view text, FactSheet& sheet);
void read_uname(std::string_view text, FactSheet& sheet);
void read_os_release(std::string_view text, FactSheet& sheet);

/// What the readers share.

/// The number that a text begins with ("24564 MiB" -> 24564); none without one.
std::optional<double> leading_number(std::string_view text);
/// Bytes of "24564 MiB", "16 GB", "65536 kB", "512M"; without a unit, times `unit`.
std::optional<double> bytes_in(std::string_view text, double unit);
/// "0000:01:00.0" of "00000000:01:00.0", "01:00.0" and the like; the text itself if it is no such address.
std::string pci_address(std::string_view text);
/// A JSON member as text, whatever it is; "" when absent.
std::string json_word(const Json& object, std::string_view key);
std::optional<double> json_number(const Json& object, std::string_view key);

}  // namespace rigwise
