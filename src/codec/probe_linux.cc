// /proc and os-release.
#include <algorithm>
#include <set>

#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

struct Pair {
  std::string_view key, value;
};

std::optional<Pair> pair_at(std::string_view line, char separator) {
  const std::size_t at = line.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return Pair{trim(line.substr(0, at)), trim(line.substr(at + 1))};
}

/// Arm's cores by the number they carry, where the kernel has no name for the chip.
const char* arm_core(std::string_view part) {
  struct Core {
    std::string_view part;
    const char* name;
  };
  // From the kernel's arch/arm64/include/asm/cputype.h (recalled, not fetched).
  constexpr Core kCores[] = {{"0xd08", "Cortex-A72"},  {"0xd0b", "Cortex-A76"},   {"0xd42", "Cortex-A78AE"},
                             {"0xd0c", "Neoverse-N1"}, {"0xd40", "Neoverse-V1"},  {"0xd49", "Neoverse-N2"},
                             {"0xd4f", "Neoverse-V2"}, {"0xd85", "Cortex-X925"},  {"0xd87", "Cortex-A725"},
                             {"0xd41", "Cortex-A78"},  {"0xd83", "Neoverse-V3AE"}};
  const auto* found = std::find_if(std::begin(kCores), std::end(kCores), [&](const Core& c) { return c.part == part; });
  return found == std::end(kCores) ? nullptr : found->name;
}

/// Flags that decide which kernels run.
std::string known_features(std::string_view flags) {
  constexpr std::string_view kKnown[] = {"avx2",        "fma",         "f16c",     "avx_vnni", "avx512f",
                                         "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimddp",
                                         "i8mm",        "sve",         "bf16"};
  std::vector<std::string> found;
  for (const std::string_view flag : split(flags, ' ')) {
    if (std::find(std::begin(kKnown), std::end(kKnown), flag) != std::end(kKnown)) found.emplace_back(flag);
  }
  return join(found, " ");
}

}  // namespace

void read_cpuinfo(std::string_view text, FactSheet& sheet) {
  std::set<std::string> sockets, cores;
  std::string socket, arm_names, last_core;
  double threads = 0, cores_each = 0;
  for (const std::string_view line : split(text, '\n')) {
    const std::optional<Pair> pair = pair_at(line, ':');
    if (!pair) continue;
    const auto [key, value] = *pair;
    if (key == "processor" && leading_number(value)) ++threads;
    if (key == "model name" && sheet.find("cpu/name") == nullptr)
      sheet.add_text("cpu/name", value, "cpuinfo model name");
    if (key == "vendor_id" && sheet.find("cpu/vendor") == nullptr)
      sheet.add_text("cpu/vendor", value, "cpuinfo vendor_id");
    if (key == "Model") sheet.add_text("machine/product", value, "cpuinfo Model");  // Raspberry Pi
    if (key == "cpu cores") cores_each = leading_number(value).value_or(0);
    if (key == "physical id") sockets.insert(socket = value);
    if (key == "core id") cores.insert(socket + "/" + std::string(value));
    if ((key == "flags" || key == "Features") && sheet.find("cpu/features") == nullptr) {
      sheet.add_text("cpu/features", known_features(value), "cpuinfo flags");
      if ((" " + std::string(value) + " ").find(" hypervisor ") != std::string::npos)
        sheet.add_number("machine/hypervisor", 1, "cpuinfo flags");
    }
    if (key == "CPU part") {
      const char* name = arm_core(value);
      if (name != nullptr && last_core != name) arm_names += (arm_names.empty() ? "" : " + ") + (last_core = name);
    }
  }
  if (threads > 0) sheet.add_number("cpu/threads", threads, "cpuinfo processor");
  if (!sockets.empty()) sheet.add_number("cpu/sockets", static_cast<double>(sockets.size()), "cpuinfo physical id");
  if (cores_each > 0 && !sockets.empty())
    sheet.add_number("cpu/cores", cores_each * static_cast<double>(sockets.size()), "cpuinfo cpu cores");
  else if (!cores.empty())
    sheet.add_number("cpu/cores", static_cast<double>(cores.size()), "cpuinfo core id");
  else if (!arm_names.empty() && threads > 0)
    sheet.add_number("cpu/cores", threads, "cpuinfo processor");  // these cores have one thread each
  if (!arm_names.empty()) sheet.add_text("cpu/name", arm_names, "cpuinfo CPU part");
}

void read_meminfo(std::string_view text, FactSheet& sheet) {
  for (const std::string_view line : split(text, '\n')) {
    const std::optional<Pair> pair = pair_at(line, ':');
    if (!pair) continue;
    const std::optional<double> bytes = bytes_in(pair->value, 1);
    if (!bytes) continue;
    if (pair->key == "MemTotal") sheet.add_number("memory/total_bytes", *bytes, "meminfo MemTotal");
    if (pair->key == "MemAvailable") sheet.add_number("memory/available_bytes", *bytes, "meminfo MemAvailable");
    if (pair->key == "SwapTotal") sheet.add_number("memory/swap_bytes", *bytes, "meminfo SwapTotal");
  }
}

void read_uname(std::string_view text, FactSheet& sheet) {
  const std::string_view line = trim(split(text, '\n').front());
  const std::vector<std::string_view> words = split(line, ' ');
  constexpr std::size_t kRelease = 2;
  if (words.size() <= kRelease) return;
  sheet.add_text("os/kernel", std::string(words[0]) + " " + std::string(words[kRelease]), "uname");
  for (const std::string_view word : words) {
    const bool is_arm = word == "aarch64" || word == "arm64";
    if (is_arm || word == "x86_64") sheet.add_text("cpu/architecture", is_arm ? "arm64" : "x86-64", "uname");
  }
  const std::string low = lower(line);
  if (low.find("microsoft") != std::string::npos)
    sheet.add_text("machine/virtualisation", low.find("wsl2") != std::string::npos ? "WSL 2" : "WSL", "uname");
}

void read_os_release(std::string_view text, FactSheet& sheet) {
  for (const std::string_view line : split(text, '\n')) {
    std::optional<Pair> pair = pair_at(line, '=');
    if (!pair || pair->key != "PRETTY_NAME") continue;
    std::string_view name = pair->value;
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    sheet.add_text("os/name", name, "os-release PRETTY_NAME");
  }
}

}  // namespace rigwise
