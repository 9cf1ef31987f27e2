#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts/catalog.h"
#include "core/perf/conditions.h"
#include "core/perf/speed.h"
#include "core/perf/traits.h"

namespace rigwise {

/// What an engine is to the speed model: which kernels and habits it has.
enum class EngineKind { llama_cpp, llamafile, mlx, vllm, sglang, tensorrt, exllama, other };
EngineKind engine_kind(const Engine& engine);

/// The kernels an engine runs on a backend.
KernelPath kernel_path(const Engine& engine, std::string_view backend);

/// Wishes about a run that the set-up alone does not decide; absent: the engine's habit.
/// What stays with the host when a model is too large for its cards.
enum class OffloadKind {
  layers,   ///< whole layers, computed on the host
  experts,  ///< a mixture's experts first: large and seldom read
};

struct RunChoices {
  std::optional<int> chunk_tokens, tensor_parallel, pipeline_stages, replicas;
  std::optional<bool> flash_attention, peer_to_peer;
  bool expert_parallel = false;  ///< whole experts on each device, attention for its own share of the streams
  std::optional<double> power_limit_w;
  bool plain_rocblas = false;  ///< RunConditions::plain_rocblas
  double age_years = 0;
  double cache_tokens = 0;  ///< that the run keeps in the cache, all streams together; 0: a short run's
  /// As many requests as fit: replicas beat tensor parallelism where one device holds the model.
  bool saturated = false;
  OffloadKind offload = OffloadKind::layers;
  bool sustained = false;  ///< after minutes of load: the share of the record's sustained_fraction
};

/// The facts behind a speed model, still without constants: what assemble() multiplies them with.
struct SpeedParts {
  KernelPath path = KernelPath::cuda;
  EngineKind engine = EngineKind::llama_cpp;
  DeviceTraits traits;
  double bandwidth = 0;          ///< peak of one device, bytes/s (unlike devices: layer-weighted harmonic mean)
  double unit_rate = 0;          ///< units times clock of one device
  double compute_peak = 0;       ///< of the type it computes in; 0: unknown
  double best_peak = 0;          ///< of the fastest type, for the ceiling; 0: unknown
  double power_limit_ratio = 1;  ///< limit somebody set relative to the board's own
  OffloadKind offload = OffloadKind::layers;
  double host_share = 0;         ///< of the weights that do not fit and stay in the host's memory
  double host_always_share = 0;  ///< of the weights every step reads: host_share, or less when experts go first
  double host_expert_share = 0;  ///< of the routed experts
  double host_bytes_per_s = 0;   ///< at which a decode step reaches them
  double host_prefill_bytes_per_s = 0;
  bool k_quant = false, half_precision = false, bf16 = false;
  bool flash_attention = true;
  bool expert_loop = false;  ///< prefill handles experts one by one instead of in one grouped kernel
  bool plain_rocblas = false;
  bool host_sorts_picks = false;  ///< and the host sorts which token goes where
  double expert_slowdown = 1;     ///< of expert kernels that each look for their own tokens
  double age_years = 0;

  int chunk_tokens = 512, tensor_parallel = 1, pipeline_stages = 1, replicas = 1;
  bool layer_split = false, expert_parallel = false;
  double kv_shards = 1;  ///< parts that the cache of a tensor-parallel group is dealt out in
  double link_latency_s = 0, link_bytes_per_s = 0, hop_s = 0;
  bool one_shot = true;  ///< small all-reduces go to all at once; over TCP they climb a tree

  int layers = 0, moe_layers = 0, linear_layers = 0;
  double hidden = 0;
  double always_read = 0, head_bytes = 0, dense_params = 0, head_params = 0;
  int expert_groups = 0;
  ExpertGroup experts[3];
  KvPlan kv;

  double decode_speed_factor = 1, prefill_speed_factor = 1;  ///< device terms
  double sustained_share = 1;                                ///< of the burst speed that the machine keeps up

  std::vector<std::string> assumptions;  ///< for people: what was taken for granted
};

/// Collects the facts. Errors: a device without known bandwidth.
Result<SpeedParts> speed_parts(const Catalog& catalog, const Llm& model, const Format& format,
                               const WeightPlan& weights, const KvPlan& kv, const Setup& setup, const Engine& engine,
                               std::string_view backend, const RunChoices& choices);

/// Multiplies the facts with the constants.
SpeedModel assemble(const SpeedParts& parts, const ParamValues& values);

/// The KV format an engine takes unasked for a weight format: null for f16.
const Format* default_kv_format(const Catalog& catalog, const Engine& engine, const Format& format);

/// How the devices of a set-up work together under an engine (parallel.cc).
void choose_parallelism(const Catalog& catalog, const Llm& model, const WeightPlan& weights, const Setup& setup,
                        const Engine& engine, const RunChoices& choices, SpeedParts& parts);

/// What of a model too large for a card stays with the host, and how fast it is reached (offload.cc).
void choose_offload(const Catalog& catalog, const WeightPlan& weights, const Setup& setup, const RunChoices& choices,
                    SpeedParts& parts);

/// The slot a card sits in: link pcie-<generation>-x<lanes>; PCIe 4.0 x16 where the record says nothing.
const Link* pcie_link(const Catalog& catalog, const std::string& pcie);

}  // namespace rigwise
