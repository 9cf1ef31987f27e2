#pragma once

#include <optional>
#include <string>
#include <vector>

namespace rigwise {

/// What a source of power or energy speaks for.
enum class PowerCoverage {
  package,   ///< a processor's package: cores, caches, integrated graphics
  dram,      ///< memory modules; not in the package's
  platform,  ///< RAPL's psys: the board, with the package in it
  gpu,       ///< a card
  battery    ///< the whole machine, while it runs on its battery
};
const char* power_coverage_name(PowerCoverage coverage);

/// Readings of one source over time.
struct PowerTrace {
  std::string name;  ///< "package-0", "NVIDIA GeForce RTX 4090"
  std::string from;  ///< where it was read: "powercap intel-rapl:0", "NVML total energy"
  PowerCoverage coverage = PowerCoverage::package;
  bool is_counter = false;       ///< readings are joules since some time, else watts now
  std::optional<double> wrap_j;  ///< a counter goes round at this
  struct Reading {
    double at_s = 0, value = 0;
  };
  std::vector<Reading> readings;  ///< in order of time
};

/// Energy that a source counted between two times.
///
///     counter   difference of its values at both ends, a value between two readings by the straight line through them,
///               rounds added
///     watts     area under the straight lines through the readings
///
/// Takes  readings that reach both ends, or fall short of them by at most twice their usual distance.
/// Gives  joules; nothing when fewer than two readings lie in reach, or they leave an end open: absent is absent.
/// From   Zeus and the RAPL documentation of Linux (powercap): counters wrap at max_energy_range_uj.
std::optional<double> joules_between(const PowerTrace& trace, double from_s, double to_s);

/// One source over one window.
struct SourceEnergy {
  std::string name, from;
  PowerCoverage coverage = PowerCoverage::package;
  double joules = 0, mean_w = 0;
  std::optional<double> idle_w;      ///< just before the load
  std::optional<double> net_joules;  ///< less what idling would have taken
  std::size_t readings = 0;
};

/// What a window of work took.
struct WindowEnergy {
  double wall_s = 0;
  std::vector<SourceEnergy> sources;
  std::string coverage;  ///< what the sums are of: "processor package + memory + 1 GPU"; not the wall
  double joules = 0, mean_w = 0;
  std::optional<double> net_joules;
  std::optional<double> joules_per_output_token, net_joules_per_output_token;
};

/// Energy of a window, each watt counted once: psys has the package in it and replaces it, memory is beside the
/// package, cards are added, and a battery (the whole machine) stands for all of them where it is there. Takes readings
/// before the window too, from `idle_from_s` to `idle_to_s`, for what idling takes. Gives  nothing when no source
/// covers the window. From   measuring.md 4.10: same window as the tokens, gross and net, what is covered, number of
/// samples.
std::optional<WindowEnergy> window_energy(const std::vector<PowerTrace>& traces, double idle_from_s, double idle_to_s,
                                          double from_s, double to_s, std::optional<double> output_tokens);

}  // namespace rigwise
