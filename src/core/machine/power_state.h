#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/machine/fact_sheet.h"

namespace rigwise {

/// Where a machine's power comes from, and how high its system lets the clocks go. Empty: no source says it.
struct PowerState {
  std::string source;         ///< "mains" or "battery"
  std::string profile;        ///< of the firmware: "performance", "balanced", "low-power", ...
  std::string governor;       ///< of the clocks: "performance", "powersave", ...; all of them where processors differ
  std::string driver;         ///< that the governor is of: "intel_pstate", "acpi-cpufreq", ...
  std::string preference;     ///< what the processor is told to prefer: "balance_performance", "power", ...
  std::optional<bool> boost;  ///< clocks above the rated one are allowed
};

PowerState power_state(const FactSheet& facts);

/// Why figures measured now are below what the machine can: one line each, with the way out; none where nothing holds
/// it back.
/// Holds  the governor "powersave" of intel_pstate and amd-pstate-epp is their usual one, which follows the load; of
/// all
///        other drivers it keeps the lowest clock.
/// From   the kernel's admin-guide/pm/{cpufreq,intel_pstate,amd-pstate}.rst and ABI/testing/sysfs-platform_profile
///        (recalled, not fetched).
std::vector<std::string> power_warnings(const PowerState& state);

/// "on its battery; profile low-power; governor powersave of acpi-cpufreq"; empty: nothing is known.
std::string power_words(const PowerState& state);

}  // namespace rigwise
