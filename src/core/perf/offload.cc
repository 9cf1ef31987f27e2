#include <algorithm>

#include "core/base/text.h"
#include "core/perf/parts.h"

namespace rigwise {
namespace {

/// Dual-channel DDR5-5600, for a card whose host is not stated.
constexpr double kUsualHostBandwidth = 80e9;
/// Share of the host's memory bandwidth that layers computed there reach (predicting.md 4.3: 0.75-0.85 of STREAM,
/// which is 0.75-0.85 of the peak).
constexpr double kHostBandwidthShare = 0.65;
/// Memory beside the weights that a short run takes: cache for so many tokens, buffers and the driver's part.
constexpr double kCacheTokens = 512, kCacheTokensLlamafile = 4096;
constexpr double kBuffers = 0.4 * kGib, kBuffersLlamafile = 0.6 * kGib;

double routed_experts(const WeightPlan& weights) {
  double bytes = 0;
  for (int i = 0; i < weights.expert_groups; ++i) {
    const ExpertGroup& group = weights.experts[i];
    bytes += group.per_expert.value * group.experts * group.layers;
  }
  return bytes;
}

/// Layers go as they are; experts go first, and the rest only when they do not suffice.
void share_out(const WeightPlan& weights, double missing, OffloadKind kind, SpeedParts& parts) {
  const double all = weights.total.value, experts = routed_experts(weights);
  parts.host_share = std::clamp(missing / all, 0.0, 1.0);
  parts.host_always_share = parts.host_expert_share = parts.host_share;
  if (kind == OffloadKind::layers || experts <= 0 || experts >= all) return;
  parts.offload = OffloadKind::experts;
  parts.host_expert_share = std::clamp(missing / experts, 0.0, 1.0);
  parts.host_always_share = std::clamp((missing - experts) / (all - experts), 0.0, 1.0);
}

}  // namespace

/// Splits a model over a card and its host.
///     missing = weights + cache + buffers - room
///     layers:  share = missing / weights of everything a step reads
///     experts: missing / experts of the chosen experts, nothing of the rest while the experts suffice
///     decode: host's part / (0.65 DRAM);   prefill: host's part over PCIe
/// Takes  room, what the devices' memory lets a model use; the cache of all tokens the run keeps.
/// Holds  for llama.cpp, which computes such layers on the host and streams them for prompts. llamafile puts all
///        layers on the card and leaves the rest to the driver, which pages over PCIe in every step.
/// From   predicting.md 4.6 (a sum of times, not a factor).
void choose_offload(const Catalog& catalog, const WeightPlan& weights, const Setup& setup, const RunChoices& choices,
                    SpeedParts& parts) {
  const Device& first = *setup.parts.front().device;
  if (parts.path == KernelPath::cpu || first.unified_memory || weights.total.value <= 0) return;
  double room = 0;
  for (const SetupPart& part : setup.parts) room += part.count * part.device->usable_memory().value;
  const bool paged = parts.engine == EngineKind::llamafile;
  const double cached = std::max(choices.cache_tokens, paged ? kCacheTokensLlamafile : kCacheTokens);
  const double beside = parts.kv.read_at(cached).value + (paged ? kBuffersLlamafile : kBuffers) * setup.device_count();
  const double missing = weights.total.value * parts.replicas + beside - room;
  if (missing <= 0) return;
  const Link* slot = pcie_link(catalog, first.pcie);
  const double over_pcie = slot != nullptr ? slot->bandwidth.value : 25e9;
  const double dram = first.host_memory_bandwidth ? first.host_memory_bandwidth->value : kUsualHostBandwidth;
  share_out(weights, missing, paged ? OffloadKind::layers : choices.offload, parts);
  parts.host_bytes_per_s = paged ? over_pcie : kHostBandwidthShare * dram;
  parts.host_prefill_bytes_per_s = over_pcie;
  parts.assumptions.push_back(significant(100 * parts.host_share, 2) + " % of the weights do not fit; " +
                              (parts.offload == OffloadKind::experts ? "these experts are read " : "they are read ") +
                              (paged ? "over PCIe at " : "from the host's memory at ") +
                              significant(parts.host_bytes_per_s / kGb, 2) + " GB/s");
}

}  // namespace rigwise
