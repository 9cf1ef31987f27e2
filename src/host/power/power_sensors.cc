#include "host/power/power_sensors.h"

#include <algorithm>
#include <filesystem>

#include "core/base/text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr double kMicro = 1e-6, kMilli = 1e-3;

std::optional<std::string> line_of(const fs::path& path) {
  constexpr std::size_t kLongest = 256;
  const Result<std::string> text = read_file_start(path.string(), kLongest);
  if (!text) return std::nullopt;
  return std::string(trim(*text));
}

std::optional<double> number_of(const fs::path& path, double unit) {
  const std::optional<std::string> text = line_of(path);
  const Result<double> number = parse_number(text ? *text : "");
  return number ? std::optional<double>(*number * unit) : std::nullopt;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code fault;
  for (fs::directory_iterator entry(folder, fault), end; !fault && entry != end; entry.increment(fault))
    found.push_back(entry->path());
  std::sort(found.begin(), found.end());
  return found;
}

bool is_there(const fs::path& path) {
  std::error_code fault;
  return fs::exists(path, fault);
}

std::function<std::optional<double>()> reader(const fs::path& path, double unit) {
  return [path, unit] { return number_of(path, unit); };
}

std::optional<PowerCoverage> rapl_coverage(const std::string& name) {
  if (name.starts_with("package")) return PowerCoverage::package;
  if (name == "dram") return PowerCoverage::dram;
  if (name == "psys") return PowerCoverage::platform;
  return std::nullopt;
}

/// Zones of powercap. The same counters show as intel-rapl-mmio on some machines: once is enough.
void add_rapl(const fs::path& sysfs, PowerSensors& found) {
  std::string refused;
  for (const fs::path& zone : folders_in(sysfs / "class/powercap")) {
    const std::string id = zone.filename().string();
    if (!id.starts_with("intel-rapl:")) continue;
    const std::string name = line_of(zone / "name").value_or("");
    const std::optional<PowerCoverage> coverage = rapl_coverage(name);
    const fs::path counter = zone / "energy_uj";
    if (!coverage || !is_there(counter)) continue;
    if (!number_of(counter, kMicro)) {
      refused = counter.string();
      continue;
    }
    PowerTrace about{name, "powercap " + id, *coverage, true, number_of(zone / "max_energy_range_uj", kMicro), {}};
    found.sensors.push_back({std::move(about), reader(counter, kMicro)});
  }
  if (!refused.empty()) {
    found.notes.push_back("the processor counts its energy, and only root may read it (" + refused +
                          "): run as root, or let others read it with chmod a+r until the next start");
  }
}

bool counts_package(const PowerSensors& found) {
  return std::any_of(found.sensors.begin(), found.sensors.end(),
                     [](const PowerSensor& s) { return s.about.coverage == PowerCoverage::package; });
}

/// Cards have a power limit that may be set; chips inside a processor's package, as a rule, have none.
void add_amd_card(const fs::path& folder, PowerSensors& found) {
  const bool is_card = is_there(folder / "power1_cap");
  if (!is_card && counts_package(found)) return;
  for (const char* file : {"power1_average", "power1_input"}) {
    if (!number_of(folder / file, kMicro)) continue;
    PowerTrace about{is_card ? "AMD card" : "AMD chip (its whole package)",
                     "hwmon amdgpu " + std::string(file),
                     is_card ? PowerCoverage::gpu : PowerCoverage::package,
                     false,
                     {},
                     {}};
    found.sensors.push_back({std::move(about), reader(folder / file, kMicro)});
    return;
  }
}

void add_cards(const fs::path& sysfs, PowerSensors& found) {
  for (const fs::path& folder : folders_in(sysfs / "class/hwmon")) {
    const std::string name = line_of(folder / "name").value_or("");
    if (name == "amdgpu") add_amd_card(folder, found);
    if ((name == "i915" || name == "xe") && number_of(folder / "energy1_input", kMicro)) {
      PowerTrace about{"Intel card", "hwmon " + name + " energy1_input", PowerCoverage::gpu, true, {}, {}};
      found.sensors.push_back({std::move(about), reader(folder / "energy1_input", kMicro)});
    }
  }
}

std::optional<double> battery_w(const fs::path& battery) {
  if (line_of(battery / "status").value_or("") != "Discharging") return std::nullopt;
  if (const std::optional<double> power = number_of(battery / "power_now", kMicro)) return power;
  const std::optional<double> current = number_of(battery / "current_now", kMicro),
                              voltage = number_of(battery / "voltage_now", kMicro);
  return current && voltage ? std::optional<double>(*current * *voltage) : std::nullopt;
}

void add_batteries(const fs::path& sysfs, PowerSensors& found) {
  for (const fs::path& supply : folders_in(sysfs / "class/power_supply")) {
    // A mouse has a battery too, and says scope "Device".
    if (line_of(supply / "type").value_or("") != "Battery" || line_of(supply / "scope").value_or("") == "Device")
      continue;
    if (!battery_w(supply)) {
      found.notes.push_back("the battery (" + supply.filename().string() +
                            ") is not being used up: unplug the machine to measure all of it");
      continue;
    }
    PowerTrace about{supply.filename().string(), "power_supply", PowerCoverage::battery, false, {}, {}};
    found.sensors.push_back({std::move(about), [supply] { return battery_w(supply); }});
  }
}

void add_nvidia(const std::shared_ptr<const NvmlLibrary>& nvml, PowerSensors& found) {
  for (std::size_t i = 0; nvml != nullptr && i < nvml->count(); ++i) {
    const NvmlCard card = nvml->card(i);
    if (card.energy_j) {
      PowerTrace about{card.name, "NVML total energy", PowerCoverage::gpu, true, {}, {}};
      found.sensors.push_back({std::move(about), [nvml, i] { return nvml->energy_j(i); }});
    } else if (card.power_w) {
      PowerTrace about{card.name, "NVML power", PowerCoverage::gpu, false, {}, {}};
      found.sensors.push_back({std::move(about), [nvml, i] { return nvml->power_w(i); }});
    }
  }
}

void take_hotter(std::optional<double> temperature, LoadSample& sample) {
  if (temperature) sample.temperature_c = std::max(sample.temperature_c.value_or(*temperature), *temperature);
}

}  // namespace

PowerSensors find_power_sensors(const std::string& sysfs, const std::shared_ptr<const NvmlLibrary>& nvml) {
  PowerSensors found;
  add_rapl(sysfs, found);
  add_cards(sysfs, found);
  add_nvidia(nvml, found);
  add_batteries(sysfs, found);
  if (found.sensors.empty() && found.notes.empty())
    found.notes.emplace_back(
        "nothing on this machine tells its power: no RAPL counters, no card that does, no battery");
  return found;
}

void sense_processor(const std::string& sysfs, LoadSample& sample) {
  for (const fs::path& folder : folders_in(fs::path(sysfs) / "class/hwmon")) {
    const std::string name = line_of(folder / "name").value_or("");
    if (name == "coretemp" || name == "k10temp" || name == "zenpower" || name == "cpu_thermal")
      take_hotter(number_of(folder / "temp1_input", kMilli), sample);
  }
  if (!sample.temperature_c) {
    for (const fs::path& zone : folders_in(fs::path(sysfs) / "class/thermal")) {
      const std::string type = line_of(zone / "type").value_or("");
      if (type == "x86_pkg_temp" || type.starts_with("cpu")) take_hotter(number_of(zone / "temp", kMilli), sample);
    }
  }
  double sum_mhz = 0;
  int clocks = 0;
  for (const fs::path& cpu : folders_in(fs::path(sysfs) / "devices/system/cpu")) {
    const std::optional<double> clock = number_of(cpu / "cpufreq/scaling_cur_freq", kMilli);
    if (!clock) continue;
    sum_mhz += *clock;
    ++clocks;
  }
  if (clocks > 0) sample.clock_mhz = sum_mhz / clocks;
}

void sense_card(const std::string& sysfs, const std::string& pci_address, LoadSample& sample) {
  if (pci_address.empty()) return;
  for (const fs::path& folder : folders_in(fs::path(sysfs) / "bus/pci/devices" / pci_address / "hwmon")) {
    take_hotter(number_of(folder / "temp1_input", kMilli), sample);
    if (const auto clock = number_of(folder / "freq1_input", kMicro)) sample.clock_mhz = clock;
    for (const char* file : {"power1_average", "power1_input"}) {
      if (!sample.power_w) sample.power_w = number_of(folder / file, kMicro);
    }
  }
}

std::optional<double> throttle_events(const std::string& sysfs) {
  std::optional<double> events;
  for (const fs::path& cpu : folders_in(fs::path(sysfs) / "devices/system/cpu")) {
    const std::optional<double> count = number_of(cpu / "thermal_throttle/core_throttle_count", 1);
    if (count) events = events.value_or(0) + *count;
  }
  return events;
}

}  // namespace rigwise
