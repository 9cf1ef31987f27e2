#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

inline constexpr const char* kNvmlLibrary = "libnvidia-ml.so.1";

/// What NVIDIA's management library says of a card. Absent: it does not say (laptops, GB10 and Tegra leave much out).
struct NvmlCard {
  std::string name, pci_address;  ///< "0000:01:00.0"
  std::string uuid;               ///< without "GPU-" before it; names this one card, and is never shown
  std::optional<double> memory_bytes, memory_free_bytes;
  std::optional<int> link_gen, link_gen_max, link_lanes, link_lanes_max;
  std::optional<double> power_limit_w, temperature_c, clock_mhz, clock_mhz_max, memory_clock_mhz_max;
  std::optional<int> memory_bus_bits;
  std::optional<double> power_w, energy_j;
  std::optional<bool> ecc;
  std::vector<std::string> limits;  ///< why its clocks are lower than they could be: "power cap", "heat"
  std::string fault;                ///< the card does not answer: why

  /// Clock x 2 (both edges) x width: 1,008 GB/s of an RTX 4090 (10,501 MHz, 384 bits).
  std::optional<double> memory_peak_gbps() const;
};

/// NVIDIA's management library, found when the program runs (libnvidia-ml.so.1 comes with the driver).
class NvmlLibrary {
 public:
  /// Errors  no such library here; a driver that is not loaded, or of another version than the library.
  static Result<std::unique_ptr<NvmlLibrary>> open(const std::string& library = kNvmlLibrary);
  ~NvmlLibrary();
  NvmlLibrary(const NvmlLibrary&) = delete;
  NvmlLibrary& operator=(const NvmlLibrary&) = delete;

  std::size_t count() const;
  /// Everything that card `index` says now.
  NvmlCard card(std::size_t index) const;
  /// Joules since the driver was loaded; watts now. Quick: asked ten times a second.
  std::optional<double> energy_j(std::size_t index) const;
  std::optional<double> power_w(std::size_t index) const;
  std::string driver() const;

 private:
  struct Functions;
  NvmlLibrary();
  std::unique_ptr<Functions> f_;
  std::vector<void*> handles_;
  bool was_started_ = false;
};

}  // namespace rigwise
