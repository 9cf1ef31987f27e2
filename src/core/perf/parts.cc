#include "core/perf/parts.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// FLOP per unit and clock of the matrix unit, where a record states no peak: a multiprocessor with tensor cores.
constexpr double kFlopPerUnitClock = 512;

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

double value_or_zero(const std::optional<FlopPerSecond>& peak) { return peak ? peak->value : 0; }

/// Peak of the data type a vLLM-like engine multiplies in for a weight format; weight-only formats compute in FP16.
double serving_peak(const Device& device, const std::string& format_class) {
  const double fp16 = value_or_zero(device.fp16_peak);
  const double fp8 = value_or_zero(device.fp8_peak);
  if (one_of(format_class, {"fp8", "mxfp8"}) && fp8 > 0) return fp8;
  if (one_of(format_class, {"nvfp4", "mxfp4"}) && device.fp4_peak) return device.fp4_peak->value;
  if (format_class == "int8" && device.int8_peak) return device.int8_peak->value;
  return fp16;
}

/// The fastest dense rate of any type the format could be computed in: nothing runs faster.
double best_peak(const Device& device, const DeviceTraits& traits, const std::string& format_class) {
  double fp16 = value_or_zero(device.fp16_peak);
  // GeForce records state the FP32-accumulate rate; FP16 accumulation runs at twice that.
  if (traits.nvidia) fp16 *= 2;
  double best = std::max({fp16, value_or_zero(device.fp8_peak), value_or_zero(device.int8_peak)});
  if (one_of(format_class, {"nvfp4", "mxfp4"})) best = std::max(best, value_or_zero(device.fp4_peak));
  return best;
}

void add_weights(const WeightPlan& weights, SpeedParts& parts) {
  parts.always_read = weights.always_read.value;
  double expert_params = 0;
  parts.expert_groups = weights.expert_groups;
  for (int i = 0; i < weights.expert_groups; ++i) {
    const ExpertGroup& group = weights.experts[static_cast<std::size_t>(i)];
    parts.experts[i] = group;
    expert_params += group.layers * group.experts_per_token * group.params_per_expert;
    parts.moe_layers += group.layers;
  }
  for (const TensorClassSize& size : weights.classes) {
    if (size.name != "output") continue;
    parts.head_params = size.params;
    parts.head_bytes = size.bytes.value;
  }
  parts.dense_params = std::max(0.0, weights.params_read_per_token - expert_params - parts.head_params);
}

void add_layers(const Llm& model, SpeedParts& parts) {
  parts.layers = model.depth();
  parts.hidden = model.hidden_size;
  for (const LayerGroup& group : model.layers) {
    switch (group.attention) {
      case AttentionKind::gated_deltanet:
      case AttentionKind::mamba2:
      case AttentionKind::shortconv: parts.linear_layers += group.count; break;
      default: break;
    }
  }
  if (parts.layers == 0) {
    // Depth grows about with the cube root of the size; only closed models lack a shape.
    parts.layers = 32;
    parts.hidden = 4096;
    parts.assumptions.push_back("the model's shape is not published: 32 layers taken");
  }
}

void add_format(const Format& format, SpeedParts& parts) {
  const std::string& c = format.format_class;
  parts.half_precision = one_of(c, {"f16", "f32", "mlx16"});
  parts.bf16 = format.id == "bf16";
  parts.k_quant = one_of(c, {"k2", "k3", "k4", "k5", "k6", "iq1", "iq2", "iq3", "iq4"});
}

/// llama.cpp's CUDA kernels group experts of quantised weights only, and its SYCL ones never do. Late in August 2025
/// the picks came to be sorted on the device (CUDA, pull request 15525) and found once (Vulkan, pull requests 15427,
/// 15524 and 15568: prompts of mixtures 1.4 to 7 times faster).
void choose_expert_kernels(SpeedParts& parts) {
  constexpr double kGroupedFrom = 2025.65, kVulkanBefore = 1.8;
  const bool old = kReferenceYear - parts.age_years < kGroupedFrom;
  const bool cuda = parts.path == KernelPath::cuda || parts.path == KernelPath::rocm;
  parts.expert_loop = parts.path == KernelPath::sycl || (cuda && parts.half_precision);
  parts.host_sorts_picks = cuda && !parts.half_precision && old;
  if (parts.path == KernelPath::vulkan && old) parts.expert_slowdown = kVulkanBefore;
}

/// llama.cpp attends to MLA's latent itself in prefill too; other engines expand it to heads.
void absorb_latents(KvPlan& kv) {
  for (int i = 0; i < kv.group_count; ++i) {
    KvGroup& group = kv.groups[static_cast<std::size_t>(i)];
    group.flop_per_token_pair = group.flop_per_token_pair_step;
  }
}

struct Share {
  double of_layers = 0;
  double bandwidth = 0, unit_rate = 0, compute_peak = 0, best_peak = 0;
};

/// Rate of devices that each do their share of the work, one after the other (layer split) or side by side (tensor
/// parallel, where all wait for the slowest).
double together(const std::vector<Share>& shares, double Share::* rate, bool one_after_the_other) {
  double seconds = 0, slowest = 0;
  for (const Share& share : shares) {
    if (share.*rate <= 0) return 0;
    seconds += share.of_layers / (share.*rate);
    slowest = slowest == 0 ? share.*rate : std::min(slowest, share.*rate);
  }
  return one_after_the_other ? 1 / seconds : slowest;
}

}  // namespace

EngineKind engine_kind(const Engine& engine) {
  if (engine.id == "llamafile") return EngineKind::llamafile;
  const std::string& base = engine.base.empty() ? engine.id : engine.base;
  if (base == "llama.cpp") return EngineKind::llama_cpp;
  if (base == "mlx") return EngineKind::mlx;
  if (base == "vllm") return EngineKind::vllm;
  if (base == "sglang") return EngineKind::sglang;
  if (base == "tensorrt-llm") return EngineKind::tensorrt;
  if (base == "exllamav2" || base == "exllamav3") return EngineKind::exllama;
  return EngineKind::other;
}

KernelPath kernel_path(const Engine& engine, std::string_view backend) {
  if (backend == "cpu") return KernelPath::cpu;
  switch (engine_kind(engine)) {
    case EngineKind::mlx: return KernelPath::mlx;
    case EngineKind::vllm:
    case EngineKind::sglang:
    case EngineKind::tensorrt:
    case EngineKind::exllama: return KernelPath::serving;
    default: break;
  }
  if (backend.rfind("rocm", 0) == 0) return backend == "rocm/vulkan" ? KernelPath::vulkan : KernelPath::rocm;
  if (backend == "vulkan") return KernelPath::vulkan;
  if (backend == "metal") return KernelPath::metal;
  if (backend == "sycl" || backend == "xpu") return KernelPath::sycl;
  return KernelPath::cuda;
}

Result<SpeedParts> speed_parts(const Catalog& catalog, const Llm& model, const Format& format,
                               const WeightPlan& weights, const KvPlan& kv, const Setup& setup, const Engine& engine,
                               std::string_view backend, const RunChoices& choices) {
  SpeedParts parts;
  parts.path = kernel_path(engine, backend);
  parts.engine = engine_kind(engine);
  parts.kv = kv;
  if (parts.engine == EngineKind::llama_cpp || parts.engine == EngineKind::llamafile) absorb_latents(parts.kv);
  parts.flash_attention = choices.flash_attention.value_or(true);
  parts.age_years = choices.age_years;
  parts.plain_rocblas = choices.plain_rocblas;
  parts.chunk_tokens = choices.chunk_tokens.value_or(std::max(1, engine.policy.prefill_chunk_tokens));
  add_weights(weights, parts);
  add_layers(model, parts);
  add_format(format, parts);
  choose_parallelism(catalog, model, weights, setup, engine, choices, parts);

  const bool on_cpu = parts.path == KernelPath::cpu;
  double memory = 0;
  for (const SetupPart& part : setup.parts) memory += part.count * part.device->memory_capacity.value;
  std::vector<Share> shares;
  for (const SetupPart& part : setup.parts) {
    const Device& device = *part.device;
    if (!device.memory_bandwidth || device.memory_bandwidth->value <= 0) {
      return fail({ErrorCode::unsupported,
                   "the memory bandwidth of \"" + device.id + "\" is not known",
                   "setup",
                   "name a device whose record states [memory] bandwidth_gbps, or add it with --catalog",
                   {}});
    }
    const DeviceTraits traits = device_traits(device, on_cpu, choices.power_limit_w);
    if (shares.empty()) parts.traits = traits;
    if (traits.estimated) {
      parts.assumptions.push_back("cores of " + device.id + " are not stated; estimated from its memory bandwidth");
    }
    if (choices.power_limit_w && device.power_max) {
      parts.power_limit_ratio = std::min(1.0, *choices.power_limit_w / device.power_max->value);
    }
    if (choices.sustained)
      parts.sustained_share = std::min(parts.sustained_share, device.sustained_fraction.value_or(1));
    double peak = on_cpu ? 0 : serving_peak(device, format.format_class);
    if (peak <= 0) peak = traits.unit_rate() * kFlopPerUnitClock;
    shares.push_back({part.count * device.memory_capacity.value / memory, device.memory_bandwidth->value,
                      traits.unit_rate(), peak, on_cpu ? 0 : best_peak(device, traits, format.format_class)});
  }
  parts.bandwidth = together(shares, &Share::bandwidth, parts.layer_split);
  parts.unit_rate = together(shares, &Share::unit_rate, parts.layer_split);
  parts.compute_peak = together(shares, &Share::compute_peak, parts.layer_split);
  parts.best_peak = together(shares, &Share::best_peak, parts.layer_split);

  choose_expert_kernels(parts);
  choose_offload(catalog, weights, setup, choices, parts);
  return parts;
}

}  // namespace rigwise
