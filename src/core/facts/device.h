#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"

namespace rigwise {

/// What runs the model inside a device.
enum class Processor { gpu, apple_gpu, igpu, cpu, npu };
/// What the record describes: a bare card, a bare processor, a module or board, or a whole machine.
enum class DeviceKind { gpu, cpu, soc, desktop, laptop, workstation, server, sbc };
enum class DeviceStatus { current, discontinued, expected, seed };
enum class NoiseClass { silent, quiet, audible, loud, very_loud };

const char* processor_name(Processor p);
const char* device_kind_name(DeviceKind k);
const char* device_status_name(DeviceStatus s);
const char* noise_class_name(NoiseClass n);

/// A dated price as the device record itself states it (launch price, street price, ...).
struct Quote {
  double amount = 0;
  std::string currency;
  std::string kind;  ///< msrp_launch street used estimate list owned
  std::string date;
};

/// One device of a whole build: "4 x RTX A6000".
struct BuildPart {
  std::string device;
  int count = 1;
};

/// A chip, card, board or whole machine. Catalog file: devices/<vendor>/<id>.toml (docs/catalog.md).
/// Peaks are dense; absent means unknown, never zero.
struct Device {
  std::string id, name, vendor, arch, family, chip, released, notes;
  std::vector<std::string> aliases;
  DeviceKind kind = DeviceKind::gpu;
  Processor processor = Processor::gpu;
  DeviceStatus status = DeviceStatus::current;

  Bytes memory_capacity;
  std::string memory_kind;
  std::optional<BytesPerSecond> memory_bandwidth;  ///< theoretical peak
  double usable_fraction = 0.95;                   ///< share a default setup lets a model use
  bool unified_memory = false;
  std::optional<Bytes> host_memory_capacity;
  std::optional<BytesPerSecond> host_memory_bandwidth;

  std::optional<FlopPerSecond> fp16_peak, fp8_peak, int8_peak, fp4_peak;
  bool matrix_unit = true;  ///< false: fp16_peak is the shader (vector) rate
  std::optional<int> gpu_cores, cpu_cores;

  std::optional<Watts> power_max, power_idle;
  std::string power_scope;  ///< board package wall

  std::string pcie;          ///< "4.0x16"
  std::string interconnect;  ///< link id, empty when none
  std::optional<BytesPerSecond> interconnect_bandwidth;
  std::optional<int> max_linked;
  std::optional<bool> peer_to_peer;

  std::string form_factor, noise;
  std::optional<NoiseClass> noise_class;
  bool portable = false;
  std::optional<double> slots, power_supply_w, battery_h;
  std::optional<BytesPerSecond> storage_bandwidth;
  std::vector<std::string> os;
  std::optional<double> warranty_years, sustained_fraction;
  std::string repairability, expandability, throttling;
  std::string price_scope;  ///< card machine processor

  std::vector<BuildPart> parts;
  std::vector<Quote> quotes;
  std::vector<Source> sources;

  /// Memory a model may take with the default settings.
  Bytes usable_memory() const { return memory_capacity * usable_fraction; }
  bool is_bare() const { return kind == DeviceKind::gpu || kind == DeviceKind::cpu; }
};

}  // namespace rigwise
