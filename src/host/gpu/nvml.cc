#include "host/gpu/nvml.h"

#include <dlfcn.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "core/base/text.h"
#include "core/base/units.h"

// The few prototypes that are used here, written down from NVIDIA's NVML API Reference Guide (names, order of arguments
// and values of constants are the library's binary interface, which is stable by its own promise). There is no header
// of NVIDIA's in this program, and nothing is linked.

namespace rigwise {
namespace {

using NvmlDevice = void*;
using NvmlStatus = int;

constexpr NvmlStatus kFine = 0, kNoPermission = 4, kNotFound = 6, kDriverNotLoaded = 9, kGpuIsLost = 15,
                     kVersionMismatch = 18;
constexpr int kSensorOfGpu = 0;                            // NVML_TEMPERATURE_GPU
constexpr int kClockOfProcessors = 1, kClockOfMemory = 2;  // NVML_CLOCK_SM, NVML_CLOCK_MEM

/// nvmlMemory_t
struct MemoryNow {
  unsigned long long total = 0, free = 0, used = 0;
};

/// nvmlPciInfo_t, as nvmlDeviceGetPciInfo_v3 fills it.
struct PciPlace {
  std::array<char, 16> legacy{};
  unsigned domain = 0, bus = 0, device = 0, pci_device_id = 0, subsystem_id = 0;
  std::array<char, 32> text{};
};

/// Why clocks are held back (nvmlClocksEventReasons).
struct LimitBit {
  unsigned long long bit;
  const char* name;
};
constexpr LimitBit kLimits[] = {
    {0x4, "power cap"}, {0x8, "hardware slowdown"}, {0x20, "heat"}, {0x40, "heat (hardware)"}, {0x80, "power brake"}};

std::string refusal_words(NvmlStatus status) {
  switch (status) {
    case kNoPermission: return "NVML: no permission";
    case kNotFound: return "NVML found no card";
    case kDriverNotLoaded: return "NVIDIA's driver is not loaded";
    case kGpuIsLost: return "the card is lost: it left the bus or hangs";
    case kVersionMismatch: return "NVIDIA's driver and its library are of different versions: restart after the update";
    default: return "NVML refused with " + std::to_string(status);
  }
}

}  // namespace

struct NvmlLibrary::Functions {
  NvmlStatus (*init)() = nullptr;
  NvmlStatus (*shutdown)() = nullptr;
  NvmlStatus (*count)(unsigned*) = nullptr;
  NvmlStatus (*handle)(unsigned, NvmlDevice*) = nullptr;
  NvmlStatus (*driver)(char*, unsigned) = nullptr;
  NvmlStatus (*name)(NvmlDevice, char*, unsigned) = nullptr;
  NvmlStatus (*pci)(NvmlDevice, PciPlace*) = nullptr;
  NvmlStatus (*uuid)(NvmlDevice, char*, unsigned) = nullptr;
  NvmlStatus (*memory)(NvmlDevice, MemoryNow*) = nullptr;
  NvmlStatus (*link_gen)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*link_gen_max)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*link_lanes)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*link_lanes_max)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*power_limit)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*power)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*energy)(NvmlDevice, unsigned long long*) = nullptr;
  NvmlStatus (*temperature)(NvmlDevice, int, unsigned*) = nullptr;
  NvmlStatus (*clock)(NvmlDevice, int, unsigned*) = nullptr;
  NvmlStatus (*clock_max)(NvmlDevice, int, unsigned*) = nullptr;
  NvmlStatus (*bus_width)(NvmlDevice, unsigned*) = nullptr;
  NvmlStatus (*ecc)(NvmlDevice, int*, int*) = nullptr;
  NvmlStatus (*limits)(NvmlDevice, unsigned long long*) = nullptr;

  template <class Function>
  static void find(void* library, Function& function, const char* name) {
    if (function == nullptr) function = reinterpret_cast<Function>(dlsym(library, name));
  }

  void find_all(void* library) {
    find(library, init, "nvmlInit_v2");
    find(library, shutdown, "nvmlShutdown");
    find(library, count, "nvmlDeviceGetCount_v2");
    find(library, handle, "nvmlDeviceGetHandleByIndex_v2");
    find(library, driver, "nvmlSystemGetDriverVersion");
    find(library, name, "nvmlDeviceGetName");
    find(library, pci, "nvmlDeviceGetPciInfo_v3");
    find(library, uuid, "nvmlDeviceGetUUID");
    find(library, memory, "nvmlDeviceGetMemoryInfo");
    find(library, link_gen, "nvmlDeviceGetCurrPcieLinkGeneration");
    find(library, link_gen_max, "nvmlDeviceGetMaxPcieLinkGeneration");
    find(library, link_lanes, "nvmlDeviceGetCurrPcieLinkWidth");
    find(library, link_lanes_max, "nvmlDeviceGetMaxPcieLinkWidth");
    find(library, power_limit, "nvmlDeviceGetEnforcedPowerLimit");
    find(library, power, "nvmlDeviceGetPowerUsage");
    find(library, energy, "nvmlDeviceGetTotalEnergyConsumption");
    find(library, temperature, "nvmlDeviceGetTemperature");
    find(library, clock, "nvmlDeviceGetClockInfo");
    find(library, clock_max, "nvmlDeviceGetMaxClockInfo");
    find(library, bus_width, "nvmlDeviceGetMemoryBusWidth");
    find(library, ecc, "nvmlDeviceGetEccMode");
    find(library, limits, "nvmlDeviceGetCurrentClocksEventReasons");
    find(library, limits, "nvmlDeviceGetCurrentClocksThrottleReasons");  // its older name
  }
};

namespace {

template <class Value, class Function, class... Arguments>
std::optional<Value> told(Function function, Arguments... arguments) {
  Value value{};
  if (function == nullptr || function(arguments..., &value) != kFine) return std::nullopt;
  return value;
}

std::optional<double> scaled(std::optional<unsigned> value, double unit) {
  return value ? std::optional<double>(*value * unit) : std::nullopt;
}

std::optional<int> whole(std::optional<unsigned> value) {
  return value && *value > 0 ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

}  // namespace

NvmlLibrary::NvmlLibrary() : f_(std::make_unique<Functions>()) {}

NvmlLibrary::~NvmlLibrary() {
  if (was_started_ && f_->shutdown != nullptr) f_->shutdown();
}

Result<std::unique_ptr<NvmlLibrary>> NvmlLibrary::open(const std::string& library) {
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return fail({ErrorCode::not_found, "there is no NVML library", library, "NVIDIA's driver, if a card is here", {}});
  std::unique_ptr<NvmlLibrary> opened(new NvmlLibrary);
  Functions& f = *opened->f_;
  f.find_all(handle);
  if (f.init == nullptr || f.count == nullptr || f.handle == nullptr)
    return fail({ErrorCode::io, "the NVML library is too old", library, "a driver of this decade", {}});
  NvmlStatus status = f.init();
  if (status != kFine) return fail({ErrorCode::io, refusal_words(status), library, "nvidia-smi, to see more", {}});
  opened->was_started_ = true;
  unsigned count = 0;
  status = f.count(&count);
  if (status != kFine) return fail({ErrorCode::io, refusal_words(status), library, "nvidia-smi, to see more", {}});
  for (unsigned i = 0; i < count; ++i) {
    NvmlDevice device = nullptr;
    opened->handles_.push_back(f.handle(i, &device) == kFine ? device : nullptr);
  }
  return opened;
}

std::size_t NvmlLibrary::count() const { return handles_.size(); }

std::string NvmlLibrary::driver() const {
  std::array<char, 96> text{};
  if (f_->driver == nullptr || f_->driver(text.data(), text.size()) != kFine) return {};
  return text.data();
}

std::optional<double> NvmlLibrary::energy_j(std::size_t index) const {
  constexpr double kMilli = 1e-3;
  if (handles_[index] == nullptr) return std::nullopt;
  const auto millijoules = told<unsigned long long>(f_->energy, handles_[index]);
  return millijoules ? std::optional<double>(static_cast<double>(*millijoules) * kMilli) : std::nullopt;
}

std::optional<double> NvmlLibrary::power_w(std::size_t index) const {
  if (handles_[index] == nullptr) return std::nullopt;
  return scaled(told<unsigned>(f_->power, handles_[index]), 1e-3);
}

NvmlCard NvmlLibrary::card(std::size_t index) const {
  const NvmlDevice device = handles_[index];
  NvmlCard card;
  if (device == nullptr) {
    card.fault = refusal_words(kGpuIsLost);
    return card;
  }
  std::array<char, 96> name{};
  const NvmlStatus named = f_->name == nullptr ? kNotFound : f_->name(device, name.data(), name.size());
  if (named != kFine) {
    card.fault = refusal_words(named);
    return card;
  }
  card.name = name.data();
  if (const auto pci = told<PciPlace>(f_->pci, device)) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04x:%02x:%02x.0", pci->domain & 0xFFFFU, pci->bus & 0xFFU,
                  pci->device & 0xFFU);
    card.pci_address = text.data();
  }
  std::array<char, 96> uuid{};
  if (f_->uuid != nullptr && f_->uuid(device, uuid.data(), uuid.size()) == kFine) {
    constexpr std::string_view kKind = "GPU-";
    card.uuid = lower(uuid.data());
    if (std::string_view(uuid.data()).starts_with(kKind)) card.uuid.erase(0, kKind.size());
  }
  if (const auto memory = told<MemoryNow>(f_->memory, device)) {
    card.memory_bytes = static_cast<double>(memory->total);
    card.memory_free_bytes = static_cast<double>(memory->free);
  }
  card.link_gen = whole(told<unsigned>(f_->link_gen, device));
  card.link_gen_max = whole(told<unsigned>(f_->link_gen_max, device));
  card.link_lanes = whole(told<unsigned>(f_->link_lanes, device));
  card.link_lanes_max = whole(told<unsigned>(f_->link_lanes_max, device));
  constexpr double kMilli = 1e-3;
  card.power_limit_w = scaled(told<unsigned>(f_->power_limit, device), kMilli);
  card.power_w = power_w(index);
  card.energy_j = energy_j(index);
  card.temperature_c = scaled(told<unsigned>(f_->temperature, device, kSensorOfGpu), 1);
  card.clock_mhz = scaled(told<unsigned>(f_->clock, device, kClockOfProcessors), 1);
  card.clock_mhz_max = scaled(told<unsigned>(f_->clock_max, device, kClockOfProcessors), 1);
  card.memory_clock_mhz_max = scaled(told<unsigned>(f_->clock_max, device, kClockOfMemory), 1);
  card.memory_bus_bits = whole(told<unsigned>(f_->bus_width, device));
  int ecc_now = 0, ecc_next = 0;
  if (f_->ecc != nullptr && f_->ecc(device, &ecc_now, &ecc_next) == kFine) card.ecc = ecc_now != 0;
  if (const auto limits = told<unsigned long long>(f_->limits, device)) {
    for (const LimitBit& limit : kLimits) {
      if ((*limits & limit.bit) != 0) card.limits.emplace_back(limit.name);
    }
  }
  return card;
}

std::optional<double> NvmlCard::memory_peak_gbps() const {
  if (!memory_clock_mhz_max || !memory_bus_bits || *memory_clock_mhz_max <= 0) return std::nullopt;
  constexpr double kEdges = 2, kBitsOfByte = 8;
  return *memory_clock_mhz_max * 1e6 * kEdges * *memory_bus_bits / kBitsOfByte / kGb;
}

}  // namespace rigwise
