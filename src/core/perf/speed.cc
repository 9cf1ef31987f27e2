#include "core/perf/speed.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

/// Ubatches that llama.cpp keeps in flight across devices before it waits: n_batch 2048 / n_ubatch 512.
constexpr double kChunksInFlight = 4;
constexpr double kActivationBytes = 2;
/// QK and PV of one head of 128 and one cached token.
constexpr double kFlopPerScore = 512;

/// Soft maximum of times that overlap.
///     sqrt(a^2 + b^2 + c^2)
/// Takes  seconds; a term of 0 drops out. Gives at least the largest and at most sqrt(3) times it.
/// Holds  where memory reads and arithmetic of the same kernels overlap, but not perfectly.
/// From   the exponent 2 predicts unseen devices as well as 3 and better than 6 (predicting.md 4.3 starts from 6).
double smooth_max(double a, double b, double c) { return std::sqrt(a * a + b * b + c * c); }

Bound strongest(const StepTerms& t) {
  const double latency = t.layers_s + t.fixed_s;
  const double memory = t.weights_s + t.kv_s;
  const double most = std::max({memory, t.compute_s, latency, t.link_s});
  if (most == memory) return Bound::bandwidth;
  if (most == t.compute_s) return Bound::compute;
  return most == latency ? Bound::latency : Bound::link;
}

}  // namespace

const char* bound_name(Bound b) {
  switch (b) {
    case Bound::bandwidth: return "bandwidth";
    case Bound::compute: return "compute";
    case Bound::latency: return "latency";
    case Bound::link: return "link";
  }
  return "";
}

double SpeedModel::read_bytes(double tokens) const {
  double bytes = always_read_;
  for (int i = 0; i < expert_groups_; ++i) {
    const ExpertGroup& group = experts_[i];
    bytes +=
        group.layers * group.per_expert.value * distinct_experts(group.experts, group.experts_per_token, tokens, skew_);
  }
  return bytes;
}

/// Matrix work of one forward pass over `n` tokens, counted at full rate.
///     2 * [P_dense * (n + h (1 - 1/n)) + sum_l p_e * (n k + h D (1 - D/(n k))) * x]
/// Takes  P_dense parameters every token meets; k experts of p_e parameters per token and layer, D of them distinct;
///        h half_tokens: a weight tile costs as much as h further tokens once more than one token shares it;
///        x how much slower expert kernels are.
/// Gives  FLOP. Holds for n >= 1; at n = 1 nothing is shared and the work is 2 P.
/// From   predicting.md 4.4, MFU(u) = MFU_inf u / (u + u_half), applied per expert with the tokens it really gets.
double SpeedModel::compute_flop(double n, double half_tokens) const {
  double flop = dense_params_ * (n + half_tokens * (1 - 1 / n));
  for (int i = 0; i < expert_groups_; ++i) {
    const ExpertGroup& group = experts_[i];
    const double picks = n * group.experts_per_token;
    const double distinct = distinct_experts(group.experts, group.experts_per_token, n, 0);
    flop += group.layers * group.params_per_expert * expert_compute_ *
            (picks + half_tokens * distinct * (1 - distinct / picks));
  }
  return 2 * flop;
}

/// What a pass over `n` tokens loses where experts are not one grouped kernel.
///     sum_l [D * t_launch + E n k * t_pick]
/// Takes  D distinct experts, each launched on its own; E experts scanned for each of n k picks on the host.
/// Gives  seconds; 0 for engines with grouped kernels.
/// From   llama.cpp: SYCL (and CUDA for half-precision weights) loops over experts and gathers, multiplies and scatters
///        for each; CUDA builds before pull request 15525 (August 2025) sorted the picks on the host.
double SpeedModel::expert_overhead_s(double n) const {
  double seconds = 0;
  for (int i = 0; i < expert_groups_; ++i) {
    const ExpertGroup& group = experts_[i];
    const double distinct = distinct_experts(group.experts, group.experts_per_token, n, 0);
    seconds +=
        group.layers * (distinct * expert_launch_s_ + group.experts * n * group.experts_per_token * expert_pick_s_);
  }
  return seconds;
}

/// Two all-reduces per layer over `n` tokens' activations, and the hops between pipeline stages.
///     t_ar = min(r a + (tp - 1) m/BW,  2 (tp - 1) a + 2 (tp - 1)/tp m/BW);   t = 2 L t_ar + (stages - 1) (hop + m/BW)
/// Takes  a link latency, BW link bandwidth, m = n * hidden * 2 bytes; r = 1 where devices write into each other's
///        memory and all send at once, 2 log2(tp) for a tree over TCP. With expert parallelism two all-to-alls per
///        layer with experts instead: a + k m/ep * (ep - 1)/ep / BW, each device sending its share of the tokens.
/// From   predicting.md 4.5: for small messages all send to all at once and add up for themselves; a ring for large.
double SpeedModel::link_time(double n) const {
  const double message_s = n * hidden_ * kActivationBytes * link_s_per_byte_;
  double seconds = (pipeline_stages_ - 1) * (hop_s_ + message_s);
  if (tensor_parallel_ > 1) {
    const double others = tensor_parallel_ - 1;
    if (expert_parallel_) {
      for (int i = 0; i < expert_groups_; ++i) {
        const double sent = message_s * experts_[i].experts_per_token * others / tensor_parallel_ / tensor_parallel_;
        seconds += 2 * experts_[i].layers * (link_latency_s_ + sent);
      }
      return seconds;
    }
    const double one_shot = reduce_turns_ * link_latency_s_ + others * message_s;
    const double ring = 2 * others * link_latency_s_ + 2 * others / tensor_parallel_ * message_s;
    seconds += 2 * depth_layers_ * std::min(one_shot, ring);
  }
  return seconds;
}

/// One decode step.
///     t = [smooth_max(W/(eta B), W/(u S), C/R) + host + smooth_max(K/(eta_k B), A/R_a) + A/(s S) + layers + fixed +
///          link] * factor
/// Takes  W weights read by the batch (distinct experts), B bandwidth, S units times clock, u bytes a unit takes in,
///        C matrix work, R its rate, K cache read once for all tokens a stream brings, A attention work (MLA's latent
///        is small to read and dear to score), the last A/(s S) only without flash attention.
/// Gives  seconds of one step of all streams, never below the roofline.
/// From   predicting.md 4.3; W/(u S) is what keeps small multiprocessor counts on fast memory from saturating it.
StepTerms SpeedModel::decode_step(double depth_tokens, double concurrency, double tokens_each) const {
  StepTerms t;
  double n = std::max(1.0, concurrency / replicas_);
  // Micro-batches, one per stage, keep all stages busy: in the time of a whole pass over one of them every stream
  // gets its token.
  if (batches_across_stages_ && n >= pipeline_stages_) n /= pipeline_stages_;
  t.bytes_kv = kv_.read_at(depth_tokens).value * n;
  n *= tokens_each;
  t.bytes_weights = read_bytes(n);
  const double attention = kv_.attention_flop(1, depth_tokens) * n;
  const double matrix = compute_flop(n, step_half_tokens_) + 2 * head_params_ * n;
  const double from_host = host_bytes(t.bytes_weights, 0), device_bytes = t.bytes_weights - from_host;
  t.bytes_host = from_host;
  const double memory_s = device_bytes * s_per_weight_byte_;
  const double units_s = device_bytes * s_per_unit_byte_ + (dense_params_ + head_params_) * s_per_converted_weight_;
  t.compute_s = matrix * s_per_flop_;
  const double weights_s = smooth_max(memory_s, units_s, t.compute_s) + from_host * s_per_host_byte_;
  t.kv_s = smooth_max(t.bytes_kv * s_per_kv_byte_, attention * s_per_step_attention_flop_, 0) +
           attention / kFlopPerScore * s_per_score_;
  t.weights_s = weights_s * decode_factor_;
  t.kv_s *= decode_factor_;
  t.compute_s *= decode_factor_;
  t.layers_s = layers_s_ * decode_factor_;
  t.fixed_s = fixed_s_ * decode_factor_;
  t.link_s = link_time(n);
  t.link_bytes = tensor_parallel_ > 1 ? 2.0 * depth_layers_ * n * hidden_ * kActivationBytes : 0;
  t.flop = matrix + attention;
  t.total_s = t.weights_s + t.kv_s + t.layers_s + t.fixed_s + t.link_s;
  const double least_flop = 2 * (dense_params_ + head_params_) * n + attention;
  t.roofline_s =
      std::max((device_bytes + t.bytes_kv * kv_repeats_) * roofline_s_per_byte_, least_flop * roofline_s_per_flop_) +
      from_host * s_per_host_byte_ * 0.75;
  t.total_s = std::max(t.total_s, t.roofline_s);
  t.bound = strongest(t);
  return t;
}

/// Taking in prompts, chunk by chunk.
///     t = chunks * [smooth_max(W(u)/(eta B), C(u)/R) + layers + experts(u) + link(u)] / overlap + A/R_a + n S + fixed
/// Takes  u tokens per chunk, A attention work at its own rate R_a, S recurrent states passed once a token, overlap of
///        chunks across the stages of a layer split: m s/(m + s - 1) with m chunks in flight and s stages.
/// Gives  seconds for all streams. MoE chunks read nearly all experts.
/// From   predicting.md 4.4; the overlap is the usual pipeline bubble.
StepTerms SpeedModel::prefill(double prompt_tokens, double depth_tokens, double concurrency) const {
  StepTerms t;
  const double streams = std::max(1.0, concurrency / replicas_);
  const double tokens = std::max(1.0, prompt_tokens) * streams;
  const double u = std::min<double>(chunk_tokens_, tokens);
  const double chunks = tokens / u;
  const double chunk_bytes = read_bytes(u) - head_bytes_;
  const double chunk_flop = compute_flop(u, half_tokens_);
  const double from_host = host_bytes(chunk_bytes + head_bytes_, head_bytes_), on_device = chunk_bytes - from_host;
  const double memory_s = on_device * s_per_weight_byte_;
  const double compute_s = chunk_flop * s_per_flop_ * prefill_factor_;
  double stages_busy = 1;
  if (pipelines_chunks_ && pipeline_stages_ > 1) {
    const double in_flight = std::min(std::max(1.0, chunks), kChunksInFlight);
    stages_busy = in_flight * pipeline_stages_ / (in_flight + pipeline_stages_ - 1);
  }
  const double attention_flop = kv_.attention_flop(std::max(1.0, prompt_tokens), depth_tokens) * streams;
  t.bytes_weights = chunks * chunk_bytes;
  t.flop = chunks * chunk_flop + attention_flop;
  t.weights_s = chunks * memory_s / stages_busy;
  t.kv_s = (attention_flop * s_per_attention_flop_ * prefill_factor_ + tokens * scan_s_) / stages_busy;
  t.compute_s = chunks * compute_s / stages_busy + t.kv_s;
  t.layers_s = chunks * (prefill_layers_s_ + expert_overhead_s(u)) / stages_busy;
  t.fixed_s = prefill_fixed_s_;
  t.link_s = chunks * link_time(u) / stages_busy;
  const double host_s = chunks * from_host * s_per_host_prefill_byte_;
  t.total_s = (chunks * smooth_max(memory_s, compute_s, 0) / stages_busy + host_s + t.kv_s + t.layers_s + t.fixed_s +
               t.link_s) /
              prefill_speed_factor_;
  double least_flop = 2 * dense_params_ * tokens + attention_flop;
  for (int i = 0; i < expert_groups_; ++i) {
    least_flop += 2.0 * experts_[i].layers * experts_[i].params_per_expert * experts_[i].experts_per_token * tokens;
  }
  t.roofline_s = std::max(on_device * roofline_s_per_byte_, least_flop * roofline_s_per_flop_) /
                 (pipelines_chunks_ ? pipeline_stages_ : 1);
  t.total_s = std::max(t.total_s, t.roofline_s);
  t.bound = t.compute_s >= std::max(t.weights_s, t.layers_s + t.fixed_s) ? Bound::compute
            : t.weights_s >= t.layers_s + t.fixed_s                      ? Bound::bandwidth
                                                                         : Bound::latency;
  if (t.link_s > std::max({t.compute_s, t.weights_s, t.layers_s})) t.bound = Bound::link;
  return t;
}

/// Mean-field throughput of continuous batching: each of n streams waits for the prefills of all n, then decodes.
///     n * G / (n * t_prefill + G * t_step(n) + t_request)
/// Takes  n streams per replica, G output tokens, cache half filled on average.
/// Holds  with prompts taken in one by one; several in one chunk would read the weights once, but predicts the
///        published runs no better.
/// From   predicting.md 4.8 with phi from Little's law at a full queue.
double SpeedModel::served_tokens_per_s(double prompt_tokens, double output_tokens, double concurrency) const {
  const double streams = std::max(1.0, concurrency / replicas_);
  const double output = std::max(1.0, output_tokens);
  const double prefill_s = prefill(prompt_tokens, 0, 1.0 * replicas_).total_s;
  const double step_s = decode_step(prompt_tokens + output / 2, concurrency).total_s;
  return replicas_ * streams * output / (streams * prefill_s + output * step_s + request_s_);
}

}  // namespace rigwise
