#include "peers.h"

#include <algorithm>
#include <cmath>

#include "core/sizing/memory.h"

namespace rigwise {
namespace {

/// Bits per weight from which a row of a peer's table holds: "Q5" is what has at least 5.2 bits.
struct ByBits {
  double least_bits, value;
};

template <std::size_t n>
double by_bits(const ByBits (&table)[n], double bits) {
  for (const ByBits& row : table) {
    if (bits >= row.least_bits) return row.value;
  }
  return table[n - 1].value;
}

double bits_of(const ResolvedRow& r) { return r.format->bits.whole_model; }

/// Bytes of weights one token meets: all of a dense model, the chosen experts of a mixture.
double bytes_per_token(const ResolvedRow& r) {
  double bytes = r.parts.always_read;
  for (int i = 0; i < r.parts.expert_groups; ++i) {
    const ExpertGroup& group = r.parts.experts[i];
    bytes += group.layers * group.per_expert.value * group.experts_per_token;
  }
  return bytes;
}

double chosen_expert_params(const ResolvedRow& r) {
  double params = 0;
  for (int i = 0; i < r.parts.expert_groups; ++i) {
    const ExpertGroup& group = r.parts.experts[i];
    params += group.layers * group.params_per_expert * group.experts_per_token;
  }
  return params;
}

bool spills(const ResolvedRow& r) { return r.parts.host_share > 0; }

/// Seed S2:  0.6 B / W,  W the weights that one token meets (it takes a mixture's active part).
std::optional<double> seed_decode(const Catalog&, const ResolvedRow& r) {
  return 0.6 * r.parts.bandwidth / bytes_per_token(r);
}

/// 0.4 F / (2 P):  F the FP16 peak of the record, P the parameters one token meets.
std::optional<double> simple_prefill(const Catalog&, const ResolvedRow& r) {
  if (!r.device().fp16_peak) return std::nullopt;
  const double params = r.parts.dense_params + r.parts.head_params + chosen_expert_params(r);
  return 0.4 * r.device().fp16_peak->value / (2 * params);
}

/// llmfit, as described in predicting.md 1.1.
///     dense  0.55 B / (P b)           b: nominal bytes per weight, 0.5 for any four-bit format
///     MoE    B / (P_chosen b' + 3.2 P_fixed)
/// Takes  the context, the cache and the prompt into no account; half of it where layers stay with the host.
std::optional<double> llmfit_decode(const Catalog&, const ResolvedRow& r) {
  static constexpr ByBits kNominalBytes[] = {{12, 2},  {7.5, 1},   {6, 0.75}, {5.2, 0.625},
                                             {4, 0.5}, {3, 0.375}, {0, 0.25}};
  static constexpr ByBits kMemoryBytes[] = {{12, 2},   {7.5, 1.05}, {6, 0.8}, {5.2, 0.68},
                                            {4, 0.58}, {3, 0.48},   {0, 0.37}};
  const double mode = spills(r) ? 0.5 : 1, params = r.model->params_total;
  const double chosen = chosen_expert_params(r);
  if (chosen <= 0) return mode * 0.55 * r.parts.bandwidth / (params * by_bits(kNominalBytes, bits_of(r)));
  const double embedding = r.model->tied_embeddings ? 0 : 1.0 * r.model->vocab_size * r.model->hidden_size;
  const double fixed = r.parts.dense_params + r.parts.head_params + embedding;
  return mode * r.parts.bandwidth / (chosen * by_bits(kMemoryBytes, bits_of(r)) + fixed * 3.2);
}

/// whichllm, as described in predicting.md 1.2.
///     e v B / (W s)      s = 1, for a mixture max(active / total, floor);  floor = 0.05 max(1, B / 256 GB/s) <= 0.25
/// Takes  W the size of the file; e by format, v by vendor; 0.45 of it where layers stay with the host.
std::optional<double> whichllm_decode(const Catalog&, const ResolvedRow& r) {
  static constexpr ByBits kEfficiency[] = {{12, 0.4}, {7.5, 0.45}, {6, 0.5}, {5.2, 0.52},
                                           {4, 0.55}, {3, 0.5},    {0, 0.45}};
  const DeviceTraits& chip = r.parts.traits;
  double vendor = 0.78;  // AMD
  if (chip.nvidia) vendor = 1;
  if (chip.intel) vendor = 0.65;
  if (chip.generation == Generation::apple || chip.generation == Generation::apple_m5) vendor = 0.82;
  double read = 1;
  if (chosen_expert_params(r) > 0) {
    const double floor = std::min(0.25, 0.05 * std::max(1.0, r.parts.bandwidth / (256 * kGb)));
    read = std::max(r.model->params_active / r.model->params_total, floor);
  }
  const WeightPlan plan = weight_plan(*r.model, *r.format, container_of(*r.engine, *r.format));
  const double bytes = plan.total.value * read;
  return (spills(r) ? 0.45 : 1) * by_bits(kEfficiency, bits_of(r)) * vendor * r.parts.bandwidth / bytes;
}

}  // namespace

const std::vector<Peer>& peers() {
  static const std::vector<Peer> kPeers = {
      {"seed S2", "0.6 x bandwidth / bytes one token meets", "decode", seed_decode},
      {"llmfit", "0.55 x bandwidth / (parameters x nominal bytes); mixtures apart", "decode", llmfit_decode},
      {"whichllm", "bandwidth / bytes read x factor by format x factor by vendor", "decode", whichllm_decode},
      {"0.4 x peak", "0.4 x FP16 peak / (2 x parameters one token meets)", "prefill", simple_prefill}};
  return kPeers;
}

std::vector<Contest> contests(const Study& study) {
  const Catalog& catalog = study.house.catalog;
  std::vector<Contest> results;
  for (const Peer& peer : peers()) {
    std::vector<ValidatedRow> ours, theirs;
    for (const ValidatedRow& v : study.hardware().rows) {
      if (v.error_class != peer.error_class || !v.error || !v.refused.empty()) continue;
      const ResolvedRow resolved = resolve_row(catalog, *v.row);
      const std::optional<double> said = peer.tokens_per_s(catalog, resolved);
      if (!said || !std::isfinite(*said) || *said <= 0) continue;
      ours.push_back(v);
      theirs.push_back(v);
      theirs.back().predicted = said;
      theirs.back().error = std::exp(std::abs(std::log(*said / v.row->tokens_per_s))) - 1;
    }
    Contest contest{&peer, {}, {}};
    const AccuracyReport us = summarize_accuracy(catalog, ours), them = summarize_accuracy(catalog, theirs);
    if (const auto found = us.classes.find(peer.error_class); found != us.classes.end()) contest.ours = found->second;
    if (const auto found = them.classes.find(peer.error_class); found != them.classes.end()) {
      contest.theirs = found->second;
    }
    results.push_back(contest);
  }
  return results;
}

}  // namespace rigwise
