// Small files below /sys, /proc/device-tree and /proc/self, one line each: "PATH: TEXT".
#include <map>
#include <set>

#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

struct SysfsFile {
  std::string_view path, text;
  std::vector<std::string_view> parts;  ///< of the path, without the empty one before the first '/'

  std::string_view part(std::size_t i) const { return i < parts.size() ? parts[i] : std::string_view{}; }
  std::string_view name() const { return parts.empty() ? std::string_view{} : parts.back(); }
};

std::vector<SysfsFile> files_in(std::string_view text) {
  std::vector<SysfsFile> files;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t at = line.find(": ");
    if (at == std::string_view::npos || !line.starts_with('/')) continue;
    SysfsFile file{line.substr(0, at), trim(line.substr(at + 2)), split(line.substr(1, at - 1), '/')};
    files.push_back(std::move(file));
  }
  return files;
}

/// How many numbers "0-3,8,10-11" names.
double count_in_list(std::string_view list) {
  double count = 0;
  for (const std::string_view range : split(list, ',')) {
    const std::vector<std::string_view> ends = split(range, '-');
    const auto first = leading_number(ends.front()), last = leading_number(ends.back());
    if (first && last && *last >= *first) count += *last - *first + 1;
  }
  return count;
}

void read_dmi_id(const SysfsFile& file, FactSheet& sheet) {
  struct Known {
    std::string_view file;
    const char* key;
  };
  constexpr Known kKnown[] = {{"sys_vendor", "machine/maker"},
                              {"product_name", "machine/product"},
                              {"product_family", "machine/family"},
                              {"board_name", "machine/board"}};
  const std::string low = lower(file.text);
  for (const char* blank :
       {"to be filled", "default string", "system manufacturer", "system product name", "not specified"}) {
    if (low.find(blank) != std::string::npos) return;  // what nobody filled in
  }
  for (const Known& known : kKnown) {
    if (file.name() == known.file) sheet.add_text(known.key, file.text, std::string(file.path));
  }
  if (file.name() != "sys_vendor" && file.name() != "product_name") return;
  struct Hypervisor {
    std::string_view word;
    const char* name;
  };
  constexpr Hypervisor kHypervisors[] = {
      {"qemu", "QEMU/KVM"},           {"kvm", "KVM"},
      {"amazon ec2", "Amazon EC2"},   {"google compute engine", "Google Compute Engine"},
      {"vmware", "VMware"},           {"virtualbox", "VirtualBox"},
      {"virtual machine", "Hyper-V"}, {"xen", "Xen"}};
  for (const Hypervisor& hypervisor : kHypervisors) {
    if (low.find(hypervisor.word) != std::string::npos)
      sheet.add_text("machine/virtualisation", hypervisor.name, std::string(file.path));
  }
}

/// Caches that are the last of their processor: one fact an instance, so that shared ones count once.
struct LastLevel {
  double level = 0;
  std::map<std::string, double> bytes;  ///< by the processors that share it
};

struct CacheFile {
  double level = 0;
  std::optional<double> bytes;
  std::string shared;
  bool is_code = false;
};

void add_caches(const std::map<std::string, CacheFile>& caches, FactSheet& sheet) {
  LastLevel last;
  for (const auto& [path, cache] : caches) {
    if (!cache.bytes || cache.is_code || cache.level < last.level) continue;
    if (cache.level > last.level) last = {cache.level, {}};
    last.bytes[cache.shared.empty() ? path : cache.shared] = *cache.bytes;
  }
  if (last.level > 0) sheet.add_number("cpu/last_cache_level", last.level, "sysfs cache level");
  int index = 0;
  for (const auto& [shared, bytes] : last.bytes) {
    sheet.add_number("cache/" + std::to_string(index++) + "/last_level_bytes", bytes,
                     "sysfs cache level " + shortest(last.level) + " of processors " + shared);
  }
}

struct PciFile {
  std::string vendor, device, kind;
};

void add_gpus(const std::map<std::string, PciFile>& devices, FactSheet& sheet) {
  for (const auto& [address, pci] : devices) {
    if (!pci.kind.starts_with("0x03") && !pci.kind.starts_with("0x12")) continue;
    const std::string at = "gpu/" + address + "/";
    const char* vendor = pci.vendor == "0x10de"   ? "NVIDIA"
                         : pci.vendor == "0x1002" ? "AMD"
                         : pci.vendor == "0x8086" ? "Intel"
                                                  : "";
    if (*vendor == '\0') continue;
    sheet.add_text(at + "vendor", vendor, "sysfs pci vendor");
    sheet.add_text(at + "pci_id", pci.vendor + ":" + pci.device, "sysfs pci device");
  }
}

void read_pci(const SysfsFile& file, std::map<std::string, PciFile>& devices, FactSheet& sheet) {
  const std::string address = pci_address(file.part(4));
  const std::string at = "gpu/" + address + "/";
  const std::string_view name = file.name();
  PciFile& pci = devices[address];
  if (name == "vendor") pci.vendor = file.text;
  if (name == "device") pci.device = file.text;
  if (name == "class") pci.kind = file.text;
  const std::optional<double> number = leading_number(file.text);
  if (!number) return;
  const std::string source(file.path);
  if (name == "mem_info_vram_total") sheet.add_number(at + "memory_bytes", *number, source);
  if (name == "mem_info_gtt_total") sheet.add_number(at + "shared_memory_bytes", *number, source);
  if (name == "lmem_total_bytes") sheet.add_number(at + "memory_bytes", *number, source);
  if (name == "power1_cap") sheet.add_number(at + "power_limit_w", *number / 1e6, source);
  if (name == "current_link_width") sheet.add_number(at + "link_lanes", *number, source);
  if (name == "max_link_width") sheet.add_number(at + "link_lanes_max", *number, source);
}

void read_cgroup(const SysfsFile& file, std::optional<double>& limit, std::optional<double>& quota,
                 std::map<std::string, double>& v1_quota) {
  const std::string_view name = file.name();
  const std::optional<double> number = leading_number(file.text);
  const auto least = [](std::optional<double>& known, double value) { known = std::min(known.value_or(value), value); };
  if ((name == "memory.max" || name == "memory.limit_in_bytes") && number) least(limit, *number);
  if (name == "cpu.max" && number) {
    const std::vector<std::string_view> words = split(file.text, ' ');
    const std::optional<double> period = leading_number(words.back());
    if (words.size() == 2 && period && *period > 0) least(quota, *number / *period);
  }
  if (name == "cpu.cfs_quota_us" && number) v1_quota["quota"] = *number;
  if (name == "cpu.cfs_period_us" && number) v1_quota["period"] = *number;
}

/// What is plugged in, what is inside, and how high the clocks may go (kernel: ABI/testing/sysfs-class-power,
/// sysfs-platform_profile, admin-guide/pm/cpufreq.rst).
class PowerFiles {
 public:
  void read(const SysfsFile& file) {
    if (file.path.starts_with("/sys/class/power_supply/"))
      supplies_[std::string(file.part(3))][file.name()] = file.text;
    if (file.path.starts_with("/sys/devices/system/cpu/cpufreq/policy")) {
      if (file.name() == "scaling_governor") governors_.insert(file.text);
      if (file.name() == "scaling_driver") drivers_.insert(file.text);
      if (file.name() == "energy_performance_preference") preferences_.insert(file.text);
    }
    if (file.path == "/sys/firmware/acpi/platform_profile") profile_ = file.text;
    if (file.path == "/sys/devices/system/cpu/cpufreq/boost") boost_ = leading_number(file.text);
    if (file.path == "/sys/devices/system/cpu/intel_pstate/no_turbo") no_turbo_ = leading_number(file.text);
  }

  void tell(FactSheet& sheet) const {
    sheet.add_text("power/source", source(), "sysfs power_supply");
    sheet.add_text("power/profile", profile_, "sysfs platform_profile");
    sheet.add_text("power/governor", joined(governors_), "sysfs scaling_governor");
    sheet.add_text("power/driver", joined(drivers_), "sysfs scaling_driver");
    sheet.add_text("power/preference", joined(preferences_), "sysfs energy_performance_preference");
    if (boost_) sheet.add_number("power/boost", *boost_, "sysfs cpufreq boost");
    if (no_turbo_) sheet.add_number("power/boost", *no_turbo_ > 0 ? 0 : 1, "sysfs intel_pstate no_turbo");
  }

 private:
  using Supply = std::map<std::string_view, std::string_view>;

  static std::string joined(const std::set<std::string_view>& words) {
    return join(std::vector<std::string>(words.begin(), words.end()), ", ");
  }

  /// A cable that is live counts first: a weak one may charge and drain in turns.
  std::string_view source() const {
    bool has_cable = false, is_live = false, has_battery = false, is_drained = false;
    for (const auto& [name, supply] : supplies_) {
      const auto said = [&facts = supply](std::string_view key) {
        const auto found = facts.find(key);
        return found == facts.end() ? std::string_view{} : found->second;
      };
      // A mouse has a battery too, and says scope "Device".
      if (said("scope") == "Device") continue;
      if (said("type") == "Battery") {
        has_battery = true;
        is_drained = is_drained || said("status") == "Discharging";
      } else if (!said("online").empty()) {
        has_cable = true;
        is_live = is_live || said("online") != "0";
      }
    }
    if (is_live) return "mains";
    if (is_drained || (has_cable && has_battery)) return "battery";
    return has_battery ? "mains" : "";
  }

  std::map<std::string, Supply> supplies_;
  std::set<std::string_view> governors_, drivers_, preferences_;
  std::string_view profile_;
  std::optional<double> boost_, no_turbo_;
};

/// Modules as the memory controllers see them (kernel: ABI/testing/sysfs-devices-edac): "channel 0 slot 1" of "mc0".
void read_edac(const SysfsFile& file, FactSheet& sheet) {
  if (file.parts.size() < 8 || file.name() != "dimm_location") return;
  const std::size_t at = file.text.find("channel ");
  if (at == std::string_view::npos) return;
  const std::size_t start = at + std::string_view("channel ").size();
  const std::size_t end = file.text.find_first_not_of("0123456789", start);
  const std::string controller(file.part(5)), number(file.text.substr(start, end - start));
  if (number.empty()) return;
  sheet.add_text("edac/" + controller + "." + std::string(file.part(6)) + "/channel", controller + " channel " + number,
                 std::string(file.path));
}

bool names_a_container(std::string_view text) {
  for (const char* word : {"docker", "kubepods", "containerd", "lxc", "libpod", "podman"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

void read_sysfs_lines(std::string_view text, FactSheet& sheet) {
  std::map<std::string, CacheFile> caches;
  std::map<std::string, PciFile> pci;
  std::optional<double> limit, quota;
  std::map<std::string, double> v1_quota;
  PowerFiles power;
  for (const SysfsFile& file : files_in(text)) {
    const std::string_view path = file.path;
    power.read(file);
    if (path.starts_with("/sys/devices/system/edac/mc/")) read_edac(file, sheet);
    // Intel's processors with two kinds of cores have a counter unit of each.
    if (path == "/sys/devices/cpu_core/cpus")
      sheet.add_text("cpu/performance_processors", file.text, std::string(path));
    if (path == "/sys/devices/cpu_atom/cpus") sheet.add_text("cpu/efficient_processors", file.text, std::string(path));
    if (path.starts_with("/sys/class/dmi/id/")) read_dmi_id(file, sheet);
    if (path.ends_with("device-tree/model")) sheet.add_text("machine/product", file.text, std::string(path));
    if (path == "/sys/devices/system/cpu/online")
      sheet.add_number("cpu/threads", count_in_list(file.text), std::string(path));
    if (path == "/proc/self/status/Cpus_allowed_list")
      sheet.add_number("cpu/allowed_threads", count_in_list(file.text), std::string(path));
    if (path.starts_with("/proc/self/cgroup") && names_a_container(file.text))
      sheet.add_number("machine/in_container", 1, std::string(path));
    if (path == "/.dockerenv" || path == "/run/.containerenv")
      sheet.add_number("machine/in_container", 1, std::string(path));
    if (path.starts_with("/sys/devices/system/node/node") && file.name() == "cpulist")
      sheet.add_text("numa/" + std::string(file.part(4)) + "/cpus", file.text.empty() ? "none" : file.text,
                     std::string(path));
    if (path.starts_with("/sys/devices/system/cpu/cpu") && path.find("/cache/index") != std::string_view::npos) {
      CacheFile& cache = caches[std::string(path.substr(0, path.rfind('/')))];
      if (file.name() == "level") cache.level = leading_number(file.text).value_or(0);
      if (file.name() == "size") cache.bytes = bytes_in(file.text, 1);
      if (file.name() == "type") cache.is_code = file.text == "Instruction";
      if (file.name() == "shared_cpu_list") cache.shared = file.text;
    }
    if (path.starts_with("/sys/bus/pci/devices/") && file.parts.size() >= 6) read_pci(file, pci, sheet);
    if (path.starts_with("/sys/fs/cgroup/")) read_cgroup(file, limit, quota, v1_quota);
  }
  add_caches(caches, sheet);
  power.tell(sheet);
  add_gpus(pci, sheet);
  if (limit) sheet.add_number("memory/limit_bytes", *limit, "cgroup memory limit");
  if (v1_quota.count("quota") != 0 && v1_quota.count("period") != 0 && v1_quota["quota"] > 0 && v1_quota["period"] > 0)
    quota = std::min(quota.value_or(v1_quota["quota"] / v1_quota["period"]), v1_quota["quota"] / v1_quota["period"]);
  if (quota) sheet.add_number("cpu/quota_threads", *quota, "cgroup CPU quota");
}

}  // namespace rigwise
