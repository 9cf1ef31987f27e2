// A libnvidia-ml.so that says what a file says (RIGWISE_FAKE_NVML: "0.name = ..." lines). What the file leaves out is
// "not supported", as NVIDIA's own library answers on machines that lack it.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <string>

namespace {

constexpr int kOk = 0, kUnsupported = 3;

/// The recording, read anew with each nvmlInit_v2().
std::map<std::string, std::string>& lines() {
  static std::map<std::string, std::string> all;
  return all;
}

const std::string* line(const std::string& key) {
  const auto found = lines().find(key);
  return found == lines().end() ? nullptr : &found->second;
}

/// A card's handle is the address of its place here.
char handles[64];

std::string key_of(void* device, const char* what) {
  return std::to_string(static_cast<char*>(device) - handles) + "." + what;
}

template <class Number>
int number(const std::string& key, Number* out) {
  const std::string* text = line(key);
  if (text == nullptr) return kUnsupported;
  *out = static_cast<Number>(std::strtoull(text->c_str(), nullptr, 0));
  return kOk;
}

int text(const std::string& key, char* out, unsigned size) {
  const std::string* said = line(key);
  if (said == nullptr) return kUnsupported;
  std::snprintf(out, size, "%s", said->c_str());
  return kOk;
}

int status_of(const std::string& key) {
  int status = kOk;
  number(key, &status);
  return status;
}

struct Memory {
  unsigned long long total, free, used;
};

struct Pci {
  char legacy[16];
  unsigned domain, bus, device, ids, subsystem;
  char text[32];
};

}  // namespace

// Names of the library that this stands for.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {

int nvmlInit_v2() {
  lines().clear();
  const char* path = std::getenv("RIGWISE_FAKE_NVML");
  std::ifstream file(path == nullptr ? "" : path);
  for (std::string row; std::getline(file, row);) {
    const std::size_t at = row.find(" = ");
    if (at != std::string::npos && row[0] != '#') lines()[row.substr(0, at)] = row.substr(at + 3);
  }
  return status_of("init");
}
int nvmlShutdown() { return kOk; }
int nvmlDeviceGetCount_v2(unsigned* count) { return number("count", count); }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  const int status = status_of(std::to_string(index) + ".handle");
  *device = handles + index % sizeof handles;
  return status;
}
int nvmlSystemGetDriverVersion(char* out, unsigned size) { return text("driver", out, size); }
int nvmlDeviceGetName(void* device, char* out, unsigned size) {
  const int status = status_of(key_of(device, "lost"));
  return status != kOk ? status : text(key_of(device, "name"), out, size);
}
int nvmlDeviceGetUUID(void* device, char* out, unsigned size) { return text(key_of(device, "uuid"), out, size); }
int nvmlDeviceGetPciInfo_v3(void* device, Pci* pci) {
  const std::string* said = line(key_of(device, "pci"));
  if (said == nullptr) return kUnsupported;
  std::memset(pci, 0, sizeof *pci);
  return std::sscanf(said->c_str(), "%x:%x:%x", &pci->domain, &pci->bus, &pci->device) == 3 ? kOk : kUnsupported;
}
int nvmlDeviceGetMemoryInfo(void* device, Memory* memory) {
  const int status = number(key_of(device, "memory_total"), &memory->total);
  number(key_of(device, "memory_free"), &memory->free);
  memory->used = memory->total - memory->free;
  return status;
}
int nvmlDeviceGetCurrPcieLinkGeneration(void* device, unsigned* out) { return number(key_of(device, "link_gen"), out); }
int nvmlDeviceGetMaxPcieLinkGeneration(void* device, unsigned* out) {
  return number(key_of(device, "link_gen_max"), out);
}
int nvmlDeviceGetCurrPcieLinkWidth(void* device, unsigned* out) { return number(key_of(device, "link_lanes"), out); }
int nvmlDeviceGetMaxPcieLinkWidth(void* device, unsigned* out) { return number(key_of(device, "link_lanes_max"), out); }
int nvmlDeviceGetEnforcedPowerLimit(void* device, unsigned* out) {
  return number(key_of(device, "power_limit_mw"), out);
}
int nvmlDeviceGetPowerUsage(void* device, unsigned* out) { return number(key_of(device, "power_mw"), out); }
int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* out) {
  return number(key_of(device, "energy_mj"), out);
}
int nvmlDeviceGetTemperature(void* device, int, unsigned* out) { return number(key_of(device, "temperature"), out); }
int nvmlDeviceGetClockInfo(void* device, int kind, unsigned* out) {
  return number(key_of(device, kind == 2 ? "clock_memory" : "clock_sm"), out);
}
int nvmlDeviceGetMaxClockInfo(void* device, int kind, unsigned* out) {
  return number(key_of(device, kind == 2 ? "clock_memory_max" : "clock_sm_max"), out);
}
int nvmlDeviceGetMemoryBusWidth(void* device, unsigned* out) { return number(key_of(device, "bus_width"), out); }
int nvmlDeviceGetEccMode(void* device, int* now, int* next) {
  *next = 0;
  return number(key_of(device, "ecc"), now);
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* out) {
  return number(key_of(device, "limits"), out);
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming)
