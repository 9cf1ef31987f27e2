#include <algorithm>

#include "core/perf/predict.h"

namespace rigwise {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool runs_format(const Engine& engine, const Format& format) {
  if (!format.engines.empty()) return contains(format.engines, engine.id) || contains(format.engines, engine.base);
  return std::any_of(format.containers.begin(), format.containers.end(),
                     [&](const std::string& container) { return contains(engine.containers, container); });
}

std::vector<const char*> backends_of(const Device& device) {
  switch (device.processor) {
    case Processor::cpu:
    case Processor::npu: return {"cpu"};
    case Processor::apple_gpu: return {"metal", "cpu"};
    default: break;
  }
  if (device.vendor == "NVIDIA" || device.family.rfind("nvidia-", 0) == 0) return {"cuda", "vulkan"};
  if (device.family.rfind("amd-", 0) == 0) return {"rocm", "vulkan"};
  if (device.family.rfind("intel-", 0) == 0) return {"sycl", "xpu", "vulkan"};
  if (device.family.rfind("huawei-", 0) == 0) return {"cann"};
  return {"vulkan", "cpu"};
}

/// Engines in the order one would reach for them; a set-up of several data-centre cards is served, not chatted with.
constexpr const char* kPreferred[] = {"llama.cpp", "mlx", "vllm", "exllamav3", "sglang", "tensorrt-llm", "ds4", "exo"};

int preference(const Engine& engine) {
  for (int i = 0; i < static_cast<int>(std::size(kPreferred)); ++i) {
    if (engine.id == kPreferred[i]) return i;
  }
  return static_cast<int>(std::size(kPreferred));
}

std::string backend_on(const Setup& setup, const Engine& engine) {
  for (const char* backend : backends_of(*setup.parts.front().device)) {
    const bool all = std::all_of(setup.parts.begin(), setup.parts.end(), [&](const SetupPart& part) {
      const std::vector<const char*> can = backends_of(*part.device);
      return std::any_of(can.begin(), can.end(), [&](const char* b) { return std::string_view(b) == backend; });
    });
    if (all && contains(engine.backends, backend)) return backend;
  }
  return {};
}

/// The first device of the set-up that cannot run a backend, or null.
const Device* stranger_to(std::string_view backend, const Setup& setup) {
  for (const SetupPart& part : setup.parts) {
    const std::vector<const char*> can = backends_of(*part.device);
    const bool runs = std::any_of(can.begin(), can.end(), [&](const char* b) { return backend == b; });
    if (!runs) return part.device;
  }
  return nullptr;
}

/// True when some engine would run the format on the set-up's first device alone.
bool first_alone_runs(const Catalog& catalog, const Format& format, const Setup& setup) {
  return std::any_of(catalog.engines.begin(), catalog.engines.end(), [&](const Engine& engine) {
    return runs_format(engine, format) && !default_backend(*setup.parts.front().device, engine).empty();
  });
}

std::string names(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

/// Why no engine was found, as exactly as it can be said.
std::string nothing_runs(const Catalog& catalog, const Format& format, const Setup& setup) {
  if (setup.parts.size() > 1 && first_alone_runs(catalog, format, setup)) {
    return "its devices share no backend, and one model over unlike machines is not modelled; ask for each alone";
  }
  return "no engine of the catalog runs " + format.name + " on " + setup.parts.front().device->name;
}

}  // namespace

bool is_widely_run(const Engine& engine) { return preference(engine) < static_cast<int>(std::size(kPreferred)); }

std::string default_backend(const Device& device, const Engine& engine) {
  for (const char* backend : backends_of(device)) {
    if (contains(engine.backends, backend)) return backend;
  }
  return {};
}

std::string container_of(const Engine& engine, const Format& format) {
  for (const std::string& container : engine.containers) {
    if (std::find(format.containers.begin(), format.containers.end(), container) != format.containers.end()) {
      return container;
    }
  }
  return format.containers.empty() ? "gguf" : format.containers.front();
}

EngineChoice choose_engine(const Catalog& catalog, const Format& format, const Setup& setup, const Engine* wanted,
                           std::string_view backend) {
  EngineChoice choice;
  if (setup.parts.empty()) return {nullptr, {}, "the set-up has no device"};
  if (const Device* stranger = backend.empty() ? nullptr : stranger_to(backend, setup)) {
    choice.engine = wanted;
    choice.backend = std::string(backend);
    std::string can;
    for (const char* b : backends_of(*stranger)) can += (can.empty() ? "" : ", ") + std::string(b);
    choice.why_not = stranger->name + " has no " + choice.backend + " backend (it has " + can + ")";
    return choice;
  }
  if (wanted != nullptr) {
    choice.engine = wanted;
    choice.backend = backend.empty() ? backend_on(setup, *wanted) : std::string(backend);
    if (!runs_format(*wanted, format)) {
      choice.why_not = wanted->name + " cannot run " + format.name + " (it is run by " + names(format.engines) + ")";
    } else if (choice.backend.empty()) {
      choice.why_not = wanted->name + " has no backend for " + setup.parts.front().device->name + " (it has " +
                       names(wanted->backends) + ")";
      choice.backend = backends_of(*setup.parts.front().device).front();
    } else if (!contains(wanted->backends, choice.backend)) {
      choice.why_not = wanted->name + " has no " + choice.backend + " backend (it has " + names(wanted->backends) + ")";
    }
    return choice;
  }
  // An engine of one device is no choice for several, unless nothing else runs the format.
  constexpr int kOneDeviceOnly = 100;
  int best = 1000;
  for (const Engine& engine : catalog.engines) {
    if (!runs_format(engine, format)) continue;
    const std::string on = backend.empty() ? backend_on(setup, engine) : std::string(backend);
    if (on.empty() || !contains(engine.backends, on)) continue;
    // Engines that serve from a pool of device memory run on processors, and nobody would reach for one there.
    if (on == "cpu" && engine.policy.memory_pool_fraction > 0) continue;
    const bool idle_devices = setup.device_count() > 1 && engine.policy.multi_device == MultiDevice::none;
    if (const int rank = preference(engine) + (idle_devices ? kOneDeviceOnly : 0); rank < best) {
      best = rank;
      choice.engine = &engine;
      choice.backend = on;
    }
  }
  if (choice.engine == nullptr) {
    choice.why_not = nothing_runs(catalog, format, setup);
  }
  return choice;
}

}  // namespace rigwise
