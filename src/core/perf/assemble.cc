#include <algorithm>
#include <cmath>

#include "core/perf/parts.h"

namespace rigwise {
namespace {

using enum Param;

constexpr double kMicro = 1e-6, kMilli = 1e-3;
constexpr double kMostBandwidthShare = 0.97;
/// Routing reuse between tokens of a batch (predicting.md 4.3: start 0.1-0.2).
constexpr double kRoutingSkew = 0.1;
/// Kernels of a dense layer's pass, and of one expert handled alone: gather, multiply, scatter for gate, up and down.
constexpr double kKernelsPerLayer = 12, kKernelsPerExpert = 9;
/// Attention of single tokens runs on vector units, an eighth as fast as matrix units.
constexpr double kStepAttention = 0.125;
/// rocBLAS against hipBLASLt on RDNA 3.5 (llama.cpp issue 13565: prompts 2.5 times slower).
constexpr double kPlainRocblas = 0.4;
/// Host time to look at one pick for one expert, three times a layer.
constexpr double kPickS = 3 * 8e-9;

/// Tokens a tile of the serving engines' kernels wastes on average: matrix instructions take 16 rows at a time.
constexpr double kServingTileTokens = 8;

Param unit_bandwidth_of(KernelPath path) {
  switch (path) {
    case KernelPath::metal: return unit_bandwidth_metal;
    case KernelPath::rocm: return unit_bandwidth_rocm;
    case KernelPath::vulkan: return unit_bandwidth_vulkan;
    case KernelPath::mlx: return unit_bandwidth_metal;
    case KernelPath::cpu: return unit_bandwidth_cpu;
    default: return unit_bandwidth_cuda;
  }
}

Param unit_flop_of(KernelPath path) {
  switch (path) {
    case KernelPath::metal: return unit_flop_metal;
    case KernelPath::rocm: return unit_flop_rocm;
    case KernelPath::vulkan: return unit_flop_vulkan;
    case KernelPath::sycl: return unit_flop_sycl;
    case KernelPath::mlx: return unit_flop_mlx;
    case KernelPath::cpu: return unit_flop_cpu;
    default: return unit_flop_cuda;
  }
}

Param attention_share_of(KernelPath path) {
  switch (path) {
    case KernelPath::metal:
    case KernelPath::mlx: return attention_share_metal;
    case KernelPath::rocm:
    case KernelPath::vulkan:
    case KernelPath::sycl: return attention_share_other;
    default: return attention_share;
  }
}

/// Bytes per second that all units together take in: u * units * clock.
/// Takes  u of the path, slower where weights are unpacked from K or IQ blocks.
double unit_bandwidth(const SpeedParts& parts, const ParamValues& v) {
  double per_unit = value_of(v, unit_bandwidth_of(parts.path));
  if (parts.k_quant) per_unit *= value_of(v, unit_bandwidth_k_quants);
  if (parts.path == KernelPath::vulkan && parts.traits.intel) per_unit *= value_of(v, unit_bandwidth_vulkan_intel);
  if (parts.path == KernelPath::cuda && parts.traits.generation == Generation::pascal) {
    per_unit *= value_of(v, unit_bandwidth_pascal);
  }
  return per_unit * parts.unit_rate;
}

/// llamafile carries no kernels for compute capability 9.0 and later and falls back to generic ones, whose grid does
/// not grow with the chip.
bool uses_generic_kernels(const SpeedParts& parts) {
  const Generation g = parts.traits.generation;
  return parts.engine == EngineKind::llamafile && parts.path == KernelPath::cuda &&
         (g == Generation::hopper || g == Generation::blackwell);
}

double generation_factor(const SpeedParts& parts, const ParamValues& v) {
  switch (parts.traits.generation) {
    case Generation::pascal: return value_of(v, unit_flop_pascal);
    case Generation::turing: return value_of(v, unit_flop_turing);
    case Generation::rdna35: return value_of(v, unit_flop_rdna35);
    case Generation::apple_m5: return value_of(v, unit_flop_m5);
    default: return 1;
  }
}

/// Matrix work per second of local engines whatever the weights' format: r * units * clock * (watts per unit /
/// usual)^a. Holds  power decides because matrix work is the one load that runs into the board's limit.
double unit_flop_rate(const SpeedParts& parts, const ParamValues& v) {
  double rate = value_of(v, unit_flop_of(parts.path)) * 1e3 * parts.unit_rate;
  if (parts.path == KernelPath::vulkan && parts.traits.nvidia) rate *= value_of(v, unit_flop_vulkan_nvidia);
  return rate * std::pow(parts.traits.power_ratio, value_of(v, power_exponent));
}

/// The same for weights of a format: times generation * format.
double local_flop_rate(const SpeedParts& parts, const ParamValues& v) {
  double rate = unit_flop_rate(parts, v);
  if (parts.path != KernelPath::cpu) rate *= generation_factor(parts, v);
  // SYCL unpacks whole tensors to FP16 first, whatever their blocks look like.
  if (parts.k_quant && parts.path != KernelPath::sycl) rate *= value_of(v, prefill_k_quants);
  const bool converts = parts.path == KernelPath::vulkan || parts.path == KernelPath::sycl;
  if (parts.bf16 && converts) rate *= value_of(v, prefill_bf16);
  if (parts.plain_rocblas && parts.traits.generation == Generation::rdna35) rate *= kPlainRocblas;
  return rate;
}

/// Attention does not touch the weights' format. On AMD its kernels are written for all generations alike; elsewhere
/// it uses the matrix units that weights use.
double attention_flop_rate(const SpeedParts& parts, const ParamValues& v) {
  double rate = unit_flop_rate(parts, v) * value_of(v, attention_share_of(parts.path));
  const bool amd = parts.path == KernelPath::rocm || (parts.path == KernelPath::vulkan && !parts.traits.nvidia);
  if (parts.path != KernelPath::cpu && !amd) rate *= generation_factor(parts, v);
  return parts.flash_attention ? rate : rate * value_of(v, attention_no_flash);
}

/// How much longer this engine and build take than llama.cpp of today.
double decode_time_factor(const SpeedParts& parts, const ParamValues& v) {
  double factor = std::pow(parts.power_limit_ratio, -value_of(v, power_decode_exponent));
  if (parts.engine == EngineKind::llamafile) {
    if (parts.path == KernelPath::metal) factor *= value_of(v, decode_llamafile_metal);
    if (parts.path == KernelPath::rocm) factor *= value_of(v, decode_llamafile_rocm);
  }
  return factor;
}

double prefill_time_factor(const SpeedParts& parts, const ParamValues& v) {
  if (parts.engine == EngineKind::llamafile) {
    if (parts.path == KernelPath::cuda) return value_of(v, prefill_llamafile_cuda);
    if (parts.path == KernelPath::rocm) return value_of(v, prefill_llamafile_rocm);
    return 1;
  }
  if (parts.path == KernelPath::metal) return std::pow(value_of(v, prefill_age_metal), parts.age_years);
  const bool amd = parts.path == KernelPath::rocm || parts.path == KernelPath::vulkan;
  return amd ? std::pow(value_of(v, prefill_age_amd), parts.age_years) : 1;
}

/// Small kernels last a number of clocks: overhead per layer relative to a 2 GHz chip.
double launch_clock_factor(const SpeedParts& parts) {
  constexpr double kReferenceGhz = 2;
  if (parts.path == KernelPath::cpu || parts.traits.clock_ghz <= 0) return 1;
  return kReferenceGhz / parts.traits.clock_ghz;
}

double serving_time_factor(const SpeedParts& parts, const ParamValues& v) {
  if (parts.engine == EngineKind::tensorrt) return value_of(v, serving_tensorrt);
  return parts.engine == EngineKind::sglang ? value_of(v, serving_sglang) : 1;
}

}  // namespace

SpeedModel assemble(const SpeedParts& parts, const ParamValues& v) {
  SpeedModel m;
  const bool serving = parts.path == KernelPath::serving;
  double share = value_of(v, serving ? serving_bandwidth_share : bandwidth_share);
  if (parts.traits.stacked_memory && !serving) share *= value_of(v, bandwidth_share_hbm);
  if (parts.path == KernelPath::metal) share *= value_of(v, bandwidth_share_metal);
  share = std::min(share, kMostBandwidthShare);
  const double tp = parts.tensor_parallel;
  m.s_per_weight_byte_ = 1 / (share * parts.bandwidth * tp);
  m.s_per_kv_byte_ = 1 / (std::min(value_of(v, kv_share), kMostBandwidthShare) * parts.bandwidth * parts.kv_shards);
  m.roofline_s_per_byte_ = 1 / (parts.bandwidth * tp);
  m.kv_repeats_ = tp / parts.kv_shards;
  m.roofline_s_per_flop_ = parts.best_peak > 0 ? 1 / (parts.best_peak * tp) : 0;
  if (parts.host_share > 0) {
    m.host_always_share_ = parts.host_always_share;
    m.host_expert_share_ = parts.host_expert_share;
    m.s_per_host_byte_ = 1 / parts.host_bytes_per_s;
    m.s_per_host_prefill_byte_ = 1 / parts.host_prefill_bytes_per_s;
  }

  double flop_rate = 0, layer_s = 0, relative_layers = parts.layers;
  relative_layers += value_of(v, layer_moe) * parts.moe_layers + value_of(v, layer_linear) * parts.linear_layers;
  if (serving) {
    flop_rate = value_of(v, serving_mfu) * parts.compute_peak * std::sqrt(parts.power_limit_ratio);
    layer_s = value_of(v, layer_us) * kMicro * launch_clock_factor(parts);
    m.fixed_s_ = value_of(v, step_ms) * kMilli;
    m.request_s_ = value_of(v, serving_request_ms) * kMilli;
    m.prefill_layers_s_ = relative_layers * layer_s;
    m.prefill_factor_ = serving_time_factor(parts, v);
    m.decode_factor_ = m.prefill_factor_ * std::pow(parts.power_limit_ratio, -value_of(v, power_decode_exponent));
  } else {
    m.s_per_unit_byte_ = 1 / (unit_bandwidth(parts, v) * tp);
    if (uses_generic_kernels(parts)) m.s_per_unit_byte_ += 1 / (value_of(v, llamafile_generic_gbps) * 1e9 * tp);
    if (parts.bf16 && parts.path == KernelPath::sycl)
      m.s_per_converted_weight_ = 1 / (value_of(v, bf16_rate) * parts.unit_rate * tp);
    if (!parts.flash_attention && parts.path == KernelPath::metal) {
      m.s_per_score_ = 1 / (value_of(v, score_rate_metal) * parts.unit_rate * tp);
    }
    flop_rate = local_flop_rate(parts, v);
    layer_s = value_of(v, layer_us) * kMicro * launch_clock_factor(parts);
    if (parts.path == KernelPath::sycl) layer_s *= value_of(v, layer_sycl);
    const double chunk_layer_s = layer_s;
    if (parts.path == KernelPath::cuda && parts.engine == EngineKind::llama_cpp)
      layer_s *= value_of(v, layer_cuda_graph);
    m.fixed_s_ = (value_of(v, step_ms) + (parts.path == KernelPath::metal ? value_of(v, step_ms_metal) : 0)) * kMilli;
    if (parts.engine == EngineKind::llamafile) m.fixed_s_ += value_of(v, step_ms_llamafile) * kMilli;
    m.prefill_layers_s_ = relative_layers * chunk_layer_s * value_of(v, prefill_layer);
    for (int i = 0; i < parts.kv.group_count; ++i) {
      const KvGroup& group = parts.kv.groups[static_cast<std::size_t>(i)];
      m.scan_s_ += group.layers * group.scan_bytes_per_token * m.s_per_kv_byte_;
    }
    if (parts.expert_loop) m.expert_launch_s_ = chunk_layer_s * kKernelsPerExpert / kKernelsPerLayer;
    if (parts.host_sorts_picks) m.expert_pick_s_ = kPickS;
    m.decode_factor_ = decode_time_factor(parts, v);
    m.prefill_factor_ = prefill_time_factor(parts, v);
    if (parts.engine == EngineKind::llamafile) m.prefill_fixed_s_ = value_of(v, prefill_llamafile_ms) * kMilli;
  }
  m.link_latency_s_ = parts.link_latency_s;
  m.decode_factor_ /= parts.decode_speed_factor * parts.sustained_share;
  m.prefill_speed_factor_ = parts.prefill_speed_factor * parts.sustained_share;
  m.layers_s_ = relative_layers * layer_s;
  m.s_per_flop_ = 1 / (flop_rate * tp);
  const double attention_rate = serving ? flop_rate * value_of(v, attention_share) : attention_flop_rate(parts, v);
  m.s_per_attention_flop_ = 1 / (attention_rate * tp);
  const bool vector_only = serving || parts.path == KernelPath::cpu;
  m.s_per_step_attention_flop_ = vector_only ? 0 : 1 / (kStepAttention * unit_flop_rate(parts, v) * tp);
  m.half_tokens_ = value_of(v, half_tokens);
  if (serving) m.half_tokens_ = kServingTileTokens;
  // Processors take the streams of a step one by one: no tile is left part empty.
  m.step_half_tokens_ = parts.path == KernelPath::cpu ? 0 : m.half_tokens_;
  m.expert_compute_ = value_of(v, prefill_experts) * parts.expert_slowdown;
  m.skew_ = kRoutingSkew;

  m.expert_parallel_ = parts.expert_parallel;
  // With expert parallelism every device reads all of the attention weights.
  m.always_read_ = parts.always_read * (parts.expert_parallel ? tp : 1);
  m.head_bytes_ = std::min(parts.head_bytes, parts.always_read) * (parts.expert_parallel ? tp : 1);
  m.dense_params_ = parts.dense_params;
  m.head_params_ = parts.head_params;
  m.expert_groups_ = parts.expert_groups;
  for (int i = 0; i < parts.expert_groups; ++i) m.experts_[i] = parts.experts[i];
  m.kv_ = parts.kv;
  m.depth_layers_ = parts.layers;
  m.hidden_ = parts.hidden;
  m.chunk_tokens_ = parts.chunk_tokens;
  m.tensor_parallel_ = parts.tensor_parallel;
  m.pipeline_stages_ = parts.pipeline_stages;
  m.replicas_ = parts.replicas;
  // llama.cpp keeps chunks in flight on several devices only where its backend has events: CUDA.
  m.pipelines_chunks_ = parts.pipeline_stages > 1 && (parts.path == KernelPath::cuda || serving);
  m.batches_across_stages_ = serving && parts.pipeline_stages > 1;
  m.hop_s_ = parts.hop_s;
  m.reduce_turns_ = parts.one_shot ? 1 : 2 * std::max(1.0, std::ceil(std::log2(tp)));
  m.link_s_per_byte_ = parts.link_bytes_per_s > 0 ? 1 / parts.link_bytes_per_s : 0;
  return m;
}

}  // namespace rigwise
