#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/machine/fact_sheet.h"

namespace rigwise {

/// What one source answered, word for word: a file's text or what a program printed.
struct ProbeAnswer {
  std::string name;  ///< one of kProbeAnswers
  std::string text;
};

/// Names of the answers that are understood, in the order in which they are believed:
///   nvidia-smi.xml     nvidia-smi -q -x
///   nvidia-smi.csv     nvidia-smi --query-gpu=... --format=csv
///   nvml.json          what NVIDIA's library says: {"driver", "cards": [...]}, written by this program
///   amd-smi.json       amd-smi static --json, or its array with the metrics
///   rocm-smi.json      rocm-smi ... --json
///   xpu-smi.json       xpu-smi discovery --json -d N, as one array
///   system_profiler.json  system_profiler -json SPHardwareDataType SPDisplaysDataType
///   sysctl             sysctl -a, the lines about hardware
///   windows.json       the script of docs/probe.md
///   sysfs              "PATH: TEXT" for small files below /sys and /proc/device-tree
///   vulkan.json        what Vulkan's drivers say: {"devices": [...]}, written by this program
///   cpuinfo, meminfo   of /proc
///   dmidecode          dmidecode -t 1,4,17, or what describe_smbios() makes of the raw tables
///   lspci              lspci -nn
///   uname              uname -a
///   os-release         /etc/os-release
/// Any other name is kept and not understood.
extern const std::vector<std::string> kProbeAnswers;

/// A report: "==> NAME <==" before each answer. Text before the first such line is passed over.
std::vector<ProbeAnswer> parse_probe_report(std::string_view report);
std::string write_probe_report(const std::vector<ProbeAnswer>& answers);

/// Everything that the answers say. A broken or half answer says less, and nothing else.
FactSheet read_probe_answers(const std::vector<ProbeAnswer>& answers);

/// The text without what names this one machine or its owner: serial numbers, UUIDs, MAC addresses, asset tags, names
/// of hosts and of people's machines. What stood there is "removed".
std::string redact_probe_text(std::string_view text);

/// Raw SMBIOS tables (/sys/firmware/dmi/tables/DMI) in the words of dmidecode, of the structures that matter here (1,
/// 4, 17); serial numbers are not among them. Empty for anything else.
std::string describe_smbios(std::string_view tables);

}  // namespace rigwise
