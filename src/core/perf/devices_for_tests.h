#pragma once

// Devices, engines and a catalog written by hand, so that the laws of speed stand on their own and a change of the
// catalog or of the fitted constants cannot move them.

#include "core/facts/catalog.h"
#include "core/perf/parts.h"
#include "core/perf/predict.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise::shapes {

inline Device card(std::string id, double capacity_gib, double bandwidth, int cores, double fp16_tflops) {
  Device d = device(std::move(id), capacity_gib, 0.94);
  d.name = d.id;
  d.vendor = "NVIDIA";
  d.family = "nvidia-ada";
  d.kind = DeviceKind::gpu;
  d.memory_kind = "GDDR6X";
  d.memory_bandwidth = gbps(bandwidth);
  d.gpu_cores = cores;
  d.fp16_peak = tflops(fp16_tflops);
  d.int8_peak = tflops(4 * fp16_tflops);
  d.power_max = Watts{450};
  d.power_idle = Watts{15};
  d.pcie = "4.0x16";
  return d;
}

inline Device rtx_4090() { return card("rtx-4090", 24, 1008, 16384, 165.2); }

inline Device a100() {
  Device d = card("a100", 80, 2039, 6912, 312);
  d.family = "nvidia-ampere";
  d.memory_kind = "HBM2e";
  d.int8_peak = tflops(624);
  d.power_max = Watts{400};
  return d;
}

inline Device h100() {
  Device d = card("h100", 80, 3350, 16896, 989);
  d.family = "nvidia-hopper";
  d.memory_kind = "HBM3";
  d.int8_peak = tflops(1979);
  d.power_max = Watts{700};
  return d;
}

inline Link link(std::string id, const char* kind, double bandwidth, double latency_us) {
  Link l;
  l.id = l.name = std::move(id);
  l.kind = kind;
  l.bandwidth = gbps(bandwidth);
  l.latency = Seconds{latency_us * 1e-6};
  return l;
}

/// llama.cpp, vLLM and MLX with the links that tests name.
inline Catalog small_catalog() {
  Catalog c;
  Engine local = llama_cpp();
  local.backends = {"cuda", "rocm", "vulkan", "metal", "sycl", "cpu"};
  local.policy.prefill_chunk_tokens = 512;
  Engine serving = vllm();
  serving.backends = {"cuda", "rocm"};
  Engine mlx = llama_cpp();
  mlx.id = mlx.base = "mlx";
  mlx.name = "MLX";
  mlx.containers = {"mlx"};
  mlx.backends = {"metal"};
  c.engines = {local, serving, mlx};
  c.links = {link("pcie-4-x16", "pcie", 25.2, 12), link("nvlink-4", "nvlink", 380, 5),
             link("10gbe", "ethernet", 1.15, 100)};
  c.index_names();
  return c;
}

/// A model of speed under the priors: no fitted constant takes part.
inline SpeedModel speed_of(const Catalog& catalog, const Llm& model, const Format& format, const Setup& setup,
                           const Engine& engine, const char* backend = "cuda", const RunChoices& choices = {}) {
  const WeightPlan weights = weight_plan(model, format, engine.containers.front());
  const KvPlan kv = kv_plan(model, nullptr);
  return assemble(*speed_parts(catalog, model, format, weights, kv, setup, engine, backend, choices), prior_values());
}

inline Format gguf(Format f) {
  f.containers = {"gguf"};
  f.engines = {"llama.cpp"};
  return f;
}

}  // namespace rigwise::shapes
