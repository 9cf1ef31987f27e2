#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/measure/energy.h"
#include "core/measure/sustained_load.h"
#include "host/gpu/nvml.h"

namespace rigwise {

/// One thing that says watts or joules, and how to ask it.
struct PowerSensor {
  PowerTrace about;  ///< without readings
  std::function<std::optional<double>()> read;
};

/// What this machine says of its power, and what it would say if it were asked by another.
struct PowerSensors {
  std::vector<PowerSensor> sensors;
  std::vector<std::string> notes;  ///< "counters of the processor are here, and only root may read them: ..."
};

/// Sources below `sysfs`, and NVIDIA's cards where `nvml` is given (null: not asked):
///   powercap intel-rapl (Intel and AMD)   package, dram, psys; core and uncore are parts of the package
///   hwmon amdgpu, i915, xe                cards; of a chip in the processor's package nothing, where RAPL counts that
///   power_supply                          a battery that is being used up: the whole machine
/// Absent is absent: a machine without any gives none, with a note.
PowerSensors find_power_sensors(const std::string& sysfs, const std::shared_ptr<const NvmlLibrary>& nvml);

/// Temperature and clock of the processor: the hottest of coretemp, k10temp, zenpower, cpu_thermal or the thermal zone
/// of the package; the mean of cpufreq's clocks. Leaves out what is not told.
void sense_processor(const std::string& sysfs, LoadSample& sample);

/// Temperature, clock and power of the card at a PCI address, from its hwmon folder.
void sense_card(const std::string& sysfs, const std::string& pci_address, LoadSample& sample);

/// How often the processor says that heat held it back since it was started (thermal_throttle); nothing: it does not
/// say.
std::optional<double> throttle_events(const std::string& sysfs);

}  // namespace rigwise
