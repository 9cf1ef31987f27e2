#include "host/probe/collect_answers.h"

#include <sys/utsname.h>

#include <algorithm>
#include <filesystem>

#include "codec/json_text.h"
#include "core/base/text.h"
#include "host/files/files.h"
#include "host/probe/gpu_answers.h"
#include "host/process/capture.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr double kToolTimeout_s = 8;
constexpr std::size_t kSmallFile = 4096;

std::string small_file(const fs::path& path) {
  const Result<std::string> text = read_file_start(path.string(), kSmallFile);
  if (!text) return {};
  // The device tree ends its texts in a zero.
  return std::string(trim(std::string_view(text->data())));
}

/// Lines "PATH: TEXT" of small files.
class SmallFiles {
 public:
  void add(const fs::path& path) {
    const std::string text = small_file(path);
    if (!text.empty()) say(path.string(), text.substr(0, text.find('\n')));
  }
  void add(const fs::path& folder, std::initializer_list<const char*> names) {
    for (const char* name : names) add(folder / name);
  }
  void say(std::string_view path, std::string_view text) { text_.append(path).append(": ").append(text).append("\n"); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::vector<fs::path> entries(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end; entry.increment(fault)) {
    if (entry->path().filename().string().starts_with(prefix)) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_processors(SmallFiles& files) {
  files.add("/sys/devices/system/cpu/online");
  files.add("/sys/devices/cpu_core/cpus");
  files.add("/sys/devices/cpu_atom/cpus");
  for (const fs::path& node : entries("/sys/devices/system/node", "node")) files.add(node / "cpulist");
  for (const fs::path& cpu : entries("/sys/devices/system/cpu", "cpu")) {
    const std::string number = cpu.filename().string().substr(3);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) continue;
    for (const fs::path& cache : entries(cpu / "cache", "index")) {
      // Of those that share a cache, the first speaks for all.
      const std::string shared = small_file(cache / "shared_cpu_list");
      if (shared.substr(0, shared.find_first_of(",-")) != number) continue;
      files.add(cache, {"level", "type", "size", "shared_cpu_list"});
    }
  }
}

void add_graphics(SmallFiles& files) {
  for (const fs::path& device : entries("/sys/bus/pci/devices", "")) {
    const std::string kind = small_file(device / "class");
    if (!kind.starts_with("0x03") && !kind.starts_with("0x12")) continue;
    files.add(device, {"class", "vendor", "device", "mem_info_vram_total", "mem_info_gtt_total", "lmem_total_bytes",
                       "current_link_width", "max_link_width", "current_link_speed", "max_link_speed"});
    for (const fs::path& sensors : entries(device / "hwmon", "hwmon")) files.add(sensors / "power1_cap");
  }
}

/// Groups are named after services, containers and people; only what kind of thing made them matters.
std::string without_names(std::string_view group) {
  constexpr std::string_view kMakers[] = {"docker", "kubepods", "containerd", "lxc",        "libpod",
                                          "podman", "machine",  "crio",       "user.slice", "system.slice"};
  std::vector<std::string> parts;
  for (const std::string_view part : split(group, '/')) {
    const auto* maker = std::find_if(std::begin(kMakers), std::end(kMakers),
                                     [&](std::string_view word) { return part.find(word) != std::string_view::npos; });
    parts.emplace_back(part.empty() ? "" : maker == std::end(kMakers) ? "removed" : *maker);
  }
  return join(parts, "/");
}

/// The groups this process is in, from its own up: every limit on the way counts.
void add_limits_of(const fs::path& root, const std::string& group, std::initializer_list<const char*> names,
                   SmallFiles& files) {
  constexpr int kDeepest = 32;
  fs::path path = fs::path(group).relative_path();
  for (int i = 0; i < kDeepest; ++i) {
    const fs::path folder = path.empty() ? root : root / path;
    const std::string shown = path.empty() ? root.string() : (root / without_names(path.string())).string();
    for (const char* name : names) {
      const std::string text = small_file(folder / name);
      if (!text.empty()) files.say(shown + "/" + name, text.substr(0, text.find('\n')));
    }
    if (path.empty()) return;
    path = path.parent_path();
  }
}

void add_containers(SmallFiles& files) {
  const std::string groups = small_file("/proc/self/cgroup");
  for (const std::string_view line : split(groups, '\n')) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string group(line.substr(second + 1));
    std::string shown(line.substr(0, second + 1));
    files.say("/proc/self/cgroup", shown + without_names(group));
    if (controllers.empty()) add_limits_of("/sys/fs/cgroup", group, {"memory.max", "cpu.max"}, files);
    if (controllers.empty()) add_limits_of("/sys/fs/cgroup/unified", group, {"memory.max", "cpu.max"}, files);
    if (controllers == "memory") add_limits_of("/sys/fs/cgroup/memory", group, {"memory.limit_in_bytes"}, files);
    if (controllers.find("cpu") != std::string_view::npos && controllers.find("cpuset") == std::string_view::npos)
      add_limits_of(fs::path("/sys/fs/cgroup") / controllers, group, {"cpu.cfs_quota_us", "cpu.cfs_period_us"}, files);
  }
  std::error_code fault;
  for (const char* mark : {"/.dockerenv", "/run/.containerenv"}) {
    if (fs::exists(mark, fault)) files.say(mark, "yes");
  }
  const std::string status = small_file("/proc/self/status");
  for (const std::string_view line : split(status, '\n')) {
    if (line.starts_with("Cpus_allowed_list:"))
      files.say("/proc/self/status/Cpus_allowed_list", trim(line.substr(line.find(':') + 1)));
  }
}

void add_power(SmallFiles& files) {
  for (const fs::path& supply : entries("/sys/class/power_supply", "")) {
    // What hangs on the machine (a mouse) is named after itself, and powers nothing here.
    if (small_file(supply / "scope") != "Device") files.add(supply, {"type", "online", "status"});
  }
  files.add("/sys/firmware/acpi/platform_profile");
  files.add("/sys/devices/system/cpu", {"cpufreq/boost", "intel_pstate/no_turbo"});
  std::string told;
  for (const fs::path& policy : entries("/sys/devices/system/cpu/cpufreq", "policy")) {
    std::string words;
    for (const char* name : {"scaling_driver", "scaling_governor", "energy_performance_preference"})
      words += small_file(policy / name) + "\n";
    if (words == told) continue;  // as the one before: hundreds are alike
    told = words;
    files.add(policy, {"scaling_driver", "scaling_governor", "energy_performance_preference"});
  }
}

/// Modules as the memory controllers see them, readable without being root.
void add_memory_controllers(SmallFiles& files) {
  for (const fs::path& controller : entries("/sys/devices/system/edac/mc", "mc")) {
    for (const fs::path& module : entries(controller, "dimm"))
      files.add(module, {"dimm_location", "dimm_mem_type", "size"});
  }
}

std::string sysfs_answer() {
  SmallFiles files;
  files.add("/sys/class/dmi/id", {"sys_vendor", "product_name", "product_family", "board_name"});
  files.add("/proc/device-tree/model");
  add_processors(files);
  add_power(files);
  add_memory_controllers(files);
  add_graphics(files);
  add_containers(files);
  return files.text();
}

/// The first processor whole; of the others the lines that tell them apart.
std::string cpuinfo_answer() {
  const Result<std::string> text = read_file("/proc/cpuinfo");
  if (!text) return {};
  std::string kept;
  int processors = 0;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.starts_with("processor")) ++processors;
    const bool tells_apart = line.starts_with("processor") || line.starts_with("physical id") ||
                             line.starts_with("core id") || line.starts_with("cpu cores") ||
                             line.starts_with("CPU part") || line.starts_with("Model") || line.empty();
    if (processors <= 1 || tells_apart) kept.append(line).append("\n");
  }
  return kept;
}

std::string uname_answer() {
  utsname names{};
  if (uname(&names) != 0) return {};
  return std::string(names.sysname) + " removed " + names.release + " " + names.version + " " + names.machine;
}

std::string printed_by(const std::vector<std::string>& command) {
  const Result<CapturedOutput> output = capture_output(command, kToolTimeout_s);
  return output && output->exit_code == 0 && !output->timed_out ? output->text : std::string();
}

std::string first_printed(std::initializer_list<std::vector<std::string>> commands) {
  for (const std::vector<std::string>& command : commands) {
    if (std::string text = printed_by(command); !text.empty()) return text;
  }
  return {};
}

/// xpu-smi tells the memory of one device at a time.
std::string xpu_answer() {
  const Result<Json> list = parse_json(printed_by({"xpu-smi", "discovery", "-j"}));
  if (!list || !list->is_object() || !list->contains("device_list")) return {};
  std::string all;
  const std::size_t count = (*list)["device_list"].size();
  for (std::size_t i = 0; i < count; ++i) {
    all += all.empty() ? "[" : ",";
    all += printed_by({"xpu-smi", "discovery", "-d", std::to_string(i), "-j"});
  }
  return all.empty() ? all : all + "]";
}

std::string dmi_answer() {
  const Result<std::string> tables = read_file("/sys/firmware/dmi/tables/DMI");
  if (tables) return describe_smbios(*tables);
  return printed_by({"dmidecode", "-t", "1,4,17"});
}

}  // namespace

std::vector<ProbeAnswer> collect_answers() {
  std::vector<ProbeAnswer> answers;
  const auto add = [&](const char* name, const std::string& text) {
    if (!trim(text).empty()) answers.push_back({name, redact_probe_text(text)});
  };
  add("uname", uname_answer());
  add("os-release", small_file("/etc/os-release"));
  add("cpuinfo", cpuinfo_answer());
  add("meminfo", small_file("/proc/meminfo"));
  add("sysfs", sysfs_answer());
  add("dmidecode", dmi_answer());
  add("lspci", printed_by({"lspci", "-nn"}));
  add("nvidia-smi.xml", printed_by({"nvidia-smi", "-q", "-x"}));
  add("nvidia-smi.csv",
      printed_by({"nvidia-smi",
                  "--query-gpu=index,name,pci.bus_id,driver_version,memory.total,memory.free,power.limit,"
                  "pcie.link.gen.current,pcie.link.gen.max,pcie.link.width.current,pcie.link.width.max",
                  "--format=csv"}));
  add("nvml.json", nvml_answer());
  add("vulkan.json", vulkan_answer());
  add("amd-smi.json", first_printed({{"amd-smi", "static", "--json"}}));
  add("rocm-smi.json", printed_by({"rocm-smi", "--showproductname", "--showmeminfo", "vram", "gtt", "--showbus",
                                   "--showmaxpower", "--json"}));
  add("xpu-smi.json", xpu_answer());
#ifdef __APPLE__
  add("system_profiler.json", printed_by({"system_profiler", "-json", "SPHardwareDataType", "SPDisplaysDataType"}));
  add("sysctl", printed_by({"sysctl", "hw.model", "hw.memsize", "hw.physicalcpu", "hw.logicalcpu", "hw.optional.arm64",
                            "kern.osproductversion", "machdep.cpu.brand_string", "iogpu.wired_limit_mb"}));
#endif
  return answers;
}

Result<std::vector<ProbeAnswer>> read_recorded_answers(const std::string& path) {
  std::vector<ProbeAnswer> answers;
  std::error_code fault;
  if (fs::is_directory(path, fault)) {
    const Result<std::vector<std::string>> files = list_files(path);
    if (!files) return fail(files.error());
    for (const std::string& file : *files) {
      std::string whole = path;
      whole.append("/").append(file);
      Result<std::string> text = read_file(whole);
      if (!text) return fail(text.error());
      // Raw tables are told in words, as they would have been when asked here.
      answers.push_back(file == "dmi.bin" ? ProbeAnswer{"dmidecode", describe_smbios(*text)}
                                          : ProbeAnswer{file, std::move(*text)});
    }
  } else {
    const Result<std::string> text = read_file(path);
    if (!text) return fail(text.error());
    answers = parse_probe_report(*text);
  }
  const bool any = std::any_of(answers.begin(), answers.end(), [](const ProbeAnswer& answer) {
    return std::find(kProbeAnswers.begin(), kProbeAnswers.end(), answer.name) != kProbeAnswers.end();
  });
  if (!any) {
    return fail(
        {ErrorCode::corrupt_data,
         "there is no answer of a machine in \"" + path + "\"",
         "--from",
         "what `rigwise probe --report` prints, or a folder with one file each of: " + join(kProbeAnswers, ", "),
         {}});
  }
  return answers;
}

}  // namespace rigwise
