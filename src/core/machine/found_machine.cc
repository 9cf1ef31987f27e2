#include "core/machine/found_machine.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kIsPlausible = 1e15;  // no machine has a petabyte

std::optional<Bytes> bytes_of(const FactSheet& facts, const std::string& key) {
  const std::optional<double> number = facts.number(key);
  if (!number || *number <= 0 || *number > kIsPlausible) return std::nullopt;
  return Bytes{*number};
}

std::optional<int> count_of(const FactSheet& facts, const std::string& key) {
  constexpr double kMost = 1e6;
  const std::optional<double> number = facts.number(key);
  if (!number || *number < 1 || *number > kMost) return std::nullopt;
  return static_cast<int>(*number);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

std::string vendor_of_gpu(const FactSheet& facts, const std::string& at, const std::string& name) {
  const std::string said = lower(facts.text(at + "vendor") + " " + name);
  if (is_one_of(said, {"nvidia", "geforce", "quadro", "tesla", "orin"})) return "NVIDIA";
  if (is_one_of(said, {"amd", "advanced micro", "radeon", "instinct"})) return "AMD";
  if (is_one_of(said, {"intel", "arc"})) return "Intel";
  if (said.find("apple") != std::string::npos) return "Apple";
  return facts.text(at + "vendor");
}

/// Names that a list of PCI devices gives one chip: "Radeon RX 7900 XT/7900 XTX" are two, both a Radeon RX.
std::vector<std::string> names_in(const std::string& name) {
  const std::vector<std::string_view> parts = split(name, '/');
  if (parts.size() < 2) return {};
  const std::size_t digit = parts.front().find_first_of("0123456789");
  if (digit == std::string_view::npos) return {};
  const std::size_t space = parts.front().rfind(' ', digit);
  const std::string family(space == std::string_view::npos ? "" : parts.front().substr(0, space + 1));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    names.push_back(i == 0 ? std::string(trim(parts[i])) : family + std::string(trim(parts[i])));
  }
  return names;
}

/// Whether this GPU takes the machine's RAM: it says so, or it is one that has none of its own.
bool is_unified(const FactSheet& facts, const std::string& at, const FoundGpu& gpu) {
  if (facts.number(at + "unified").value_or(0) > 0 || gpu.vendor == "Apple") return true;
  if (is_one_of(lower(gpu.name), {"(nvgpu)", "gb10", "tegra", "orin", "thor"})) return true;
  // An APU reports its carve-out as VRAM and may map more of the RAM than that.
  constexpr double kTinyGib = 1.5;
  if (gpu.vendor == "AMD" && gpu.memory && gpu.shared_memory) {
    const bool is_named_so = is_one_of(lower(gpu.name), {"8060s", "8050s", "890m", "880m", "780m", "760m", "680m",
                                                         "660m", "strix", "phoenix", "rembrandt", "graphics"});
    return in_gib(*gpu.memory) < kTinyGib || is_named_so;
  }
  return false;
}

FoundGpu gpu_of(const FactSheet& facts, const std::string& id) {
  const std::string at = "gpu/" + id + "/";
  FoundGpu gpu;
  gpu.id = id;
  gpu.name = facts.text(at + "name");
  gpu.other_names = names_in(gpu.name);
  gpu.vendor = vendor_of_gpu(facts, at, gpu.name);
  gpu.memory = bytes_of(facts, at + "memory_bytes");
  gpu.free_now = bytes_of(facts, at + "memory_free_bytes");
  gpu.shared_memory = bytes_of(facts, at + "shared_memory_bytes");
  gpu.cores = count_of(facts, at + "cores");
  gpu.power_limit_w = facts.number(at + "power_limit_w");
  gpu.link_gen = facts.number(at + "link_gen");
  gpu.link_gen_max = facts.number(at + "link_gen_max");
  gpu.link_lanes = facts.number(at + "link_lanes");
  gpu.link_lanes_max = facts.number(at + "link_lanes_max");
  gpu.driver = facts.text(at + "driver");
  gpu.is_slice = facts.number(at + "is_slice").value_or(0) > 0;
  gpu.software = is_one_of(lower(gpu.name), {"llvmpipe", "lavapipe", "softpipe", "microsoft basic", "swiftshader"});
  gpu.unified = is_unified(facts, at, gpu);
  return gpu;
}

/// A display chip that no model runs on: what a server's board shows its console with, or a virtual screen.
bool is_display_only(const FoundGpu& gpu) {
  return is_one_of(lower(gpu.name), {"aspeed", "matrox", "mga g200", "cirrus", "qxl", "virtio", "vmware", "bochs",
                                     "hyper-v", "remote display", "basic display", "parsec", "bcm2", "videocore"});
}

std::vector<FoundGpu> gpus_of(const FactSheet& facts) {
  std::vector<FoundGpu> gpus;
  for (const std::string& id : facts.members("gpu")) {
    FoundGpu gpu = gpu_of(facts, id);
    // A card cut into slices is its slices.
    if (facts.number("gpu/" + id + "/is_cut").value_or(0) > 0) continue;
    if (!gpu.name.empty() && !gpu.software && !is_display_only(gpu)) gpus.push_back(std::move(gpu));
  }
  return gpus;
}

/// Channels that the memory controllers count themselves, for modules whose places do not say theirs ("DIMM 0").
std::size_t counted_channels(const FactSheet& facts) {
  std::vector<std::string> channels;
  for (const std::string& id : facts.members("edac")) {
    const std::string channel = facts.text("edac/" + id + "/channel");
    if (!channel.empty() && std::find(channels.begin(), channels.end(), channel) == channels.end())
      channels.push_back(channel);
  }
  return channels.size();
}

/// Channels x transfers x width, from the modules' own words; a channel counts once however many modules it has.
void add_modules(FoundMachine& machine) {
  const FactSheet& facts = machine.facts;
  std::vector<std::string> channels;
  double per_second = 0, installed = 0;
  std::string kind;
  std::optional<double> slowest, narrowest;
  bool all_known = true, all_timed = true;
  for (const std::string& id : facts.members("dimm")) {
    const std::string at = "dimm/" + id + "/";
    const std::optional<double> size = facts.number(at + "bytes");
    if (!size || *size <= 0) continue;
    installed += *size;
    const std::optional<double> rate = facts.number(at + "mts");
    const std::optional<double> width = facts.number(at + "width_bits");
    if (kind.empty()) kind = facts.text(at + "kind");
    const std::string channel = facts.text(at + "channel");
    all_timed = all_timed && rate && width;
    if (rate) slowest = std::min(slowest.value_or(*rate), *rate);
    if (width) narrowest = std::min(narrowest.value_or(*width), *width);
    if (!rate || !width || channel.empty()) {
      all_known = false;
      continue;
    }
    if (std::find(channels.begin(), channels.end(), channel) != channels.end()) continue;
    channels.push_back(channel);
    per_second += *rate * 1e6 * *width / 8;
  }
  if (installed > 0) machine.memory_installed = Bytes{installed};
  if (kind.empty()) return;
  machine.memory_kind = kind;
  if (slowest) machine.memory_kind += "-" + shortest(*slowest);
  std::size_t count = channels.size();
  if (!all_known || channels.empty()) {
    count = all_timed && slowest && narrowest ? counted_channels(facts) : 0;
    if (count == 0) return;
    per_second = static_cast<double>(count) * *slowest * 1e6 * *narrowest / 8;
  }
  machine.memory_kind += ", " + std::to_string(count) + (count == 1 ? " channel" : " channels");
  machine.memory_peak = BytesPerSecond{per_second};
}

void add_caches(FoundMachine& machine) {
  double sum = 0;
  for (const std::string& id : machine.facts.members("cache"))
    sum += machine.facts.number("cache/" + id + "/last_level_bytes").value_or(0);
  if (sum > 0) machine.last_level_cache = Bytes{sum};
  const bool is_guest = !machine.virtualisation.empty();
  constexpr double kShared = 3;
  machine.hides_last_level = is_guest && machine.facts.number("cpu/last_cache_level").value_or(0) < kShared;
}

void add_processor(FoundMachine& machine) {
  const FactSheet& facts = machine.facts;
  machine.processor = facts.text("cpu/name");
  machine.vendor = facts.text("cpu/vendor");
  machine.architecture = facts.text("cpu/architecture");
  machine.sockets = count_of(facts, "cpu/sockets");
  machine.cores = count_of(facts, "cpu/cores");
  machine.threads = count_of(facts, "cpu/threads");
  std::optional<double> usable = machine.threads ? std::optional<double>(*machine.threads) : std::nullopt;
  for (const char* key : {"cpu/allowed_threads", "cpu/quota_threads"}) {
    const std::optional<double> limit = facts.number(key);
    if (limit && *limit > 0) usable = std::min(usable.value_or(*limit), *limit);
  }
  machine.usable_threads = usable;
  machine.numa_nodes = std::max(1, static_cast<int>(facts.members("numa").size()));
  const std::vector<int> slow = numbers_in_list(facts.text("cpu/efficient_processors"));
  if (!slow.empty()) {
    machine.slow_threads = static_cast<int>(slow.size());
    machine.fast_processors = numbers_in_list(facts.text("cpu/performance_processors"));
  }
}

void add_memory(FoundMachine& machine) {
  const FactSheet& facts = machine.facts;
  machine.memory_total = bytes_of(facts, "memory/total_bytes");
  machine.memory_available = bytes_of(facts, "memory/available_bytes");
  // Without a limit the kernel names the largest number it has.
  const std::optional<Bytes> limit = bytes_of(facts, "memory/limit_bytes");
  if (limit && (!machine.memory_total || *limit < *machine.memory_total)) machine.memory_limit = limit;
  add_modules(machine);
}

void add_notes(FoundMachine& machine) {
  const auto note = [&](std::string text) { machine.notes.push_back(std::move(text)); };
  if (machine.memory_limit && machine.memory_total) {
    note("the container allows " + significant(in_gb(*machine.memory_limit)) + " of " +
         significant(in_gb(*machine.memory_total)) + " GB of RAM");
  }
  if (machine.threads && machine.usable_threads && *machine.usable_threads < *machine.threads) {
    note("only " + significant(*machine.usable_threads) + " of " + std::to_string(*machine.threads) +
         " hardware threads are ours to use");
  }
  if (!machine.virtualisation.empty())
    note("runs under " + machine.virtualisation + ": caches, memory modules and clocks may be the host's, or hidden");
  if (machine.hides_last_level)
    note("the hypervisor shows no cache beyond the second level: there is one, and it is the host's");
  if (machine.slow_threads && !machine.fast_processors.empty()) {
    note(std::to_string(machine.fast_processors.size()) + " hardware threads are of performance cores and " +
         std::to_string(*machine.slow_threads) +
         " of efficient ones: engines that deal work out evenly wait for the slow ones");
  }
  for (const std::string& warning : power_warnings(machine.power)) note(warning);
  if (machine.numa_nodes > 1)
    note(std::to_string(machine.numa_nodes) + " NUMA nodes: one process seldom gets the bandwidth of all of them");
  constexpr double kCarvedShare = 0.12;
  if (machine.memory_installed && machine.memory_total &&
      machine.memory_total->value < (1 - kCarvedShare) * machine.memory_installed->value) {
    note("the system sees " + significant(in_gb(*machine.memory_total)) + " of " +
         significant(in_gb(*machine.memory_installed)) +
         " GB installed: the rest is set aside, for graphics as a rule");
  }
  for (const FoundGpu& gpu : machine.gpus) {
    const bool is_narrow = gpu.link_lanes && gpu.link_lanes_max && *gpu.link_lanes < *gpu.link_lanes_max;
    if (is_narrow) {
      note(gpu.name + " has " + shortest(*gpu.link_lanes) + " of " + shortest(*gpu.link_lanes_max) +
           " PCIe lanes: loading and splitting take longer");
    }
    if (!gpu.memory && !gpu.unified) note(gpu.name + " does not say how much memory it has");
  }
}

}  // namespace

std::optional<Bytes> FoundMachine::memory_allowed() const {
  if (!memory_total) return memory_limit;
  return memory_limit ? std::optional<Bytes>(std::min(*memory_total, *memory_limit)) : memory_total;
}

FoundMachine find_machine(FactSheet sheet) {
  FoundMachine machine;
  machine.facts = std::move(sheet);
  const FactSheet& facts = machine.facts;
  machine.maker = facts.text("machine/maker");
  machine.product = facts.text("machine/product");
  machine.os = facts.text("os/name");
  machine.kernel = facts.text("os/kernel");
  machine.virtualisation = facts.text("machine/virtualisation");
  if (machine.virtualisation.empty() && facts.number("machine/hypervisor").value_or(0) > 0)
    machine.virtualisation = "a hypervisor";
  machine.in_container = facts.number("machine/in_container").value_or(0) > 0;
  add_processor(machine);
  add_memory(machine);
  add_caches(machine);
  machine.power = power_state(facts);
  machine.gpus = gpus_of(facts);
  machine.pools = memory_pools(machine);
  machine.disagreements = facts.disagreements();
  add_notes(machine);
  return machine;
}

}  // namespace rigwise
