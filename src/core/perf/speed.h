#pragma once

#include <string>

#include "core/facts/setup.h"
#include "core/perf/calibration.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

namespace rigwise {

enum class Bound { bandwidth, compute, latency, link };
const char* bound_name(Bound b);

/// What a step costs, by cause. Sums and maxima of these give the step time.
struct StepTerms {
  double weights_s = 0, kv_s = 0, compute_s = 0, layers_s = 0, fixed_s = 0, link_s = 0;
  double bytes_weights = 0, bytes_kv = 0, flop = 0, link_bytes = 0;
  double bytes_host = 0;  ///< of bytes_weights, what comes from the host's memory
  double total_s = 0;
  double roofline_s = 0;  ///< no run can be faster: peak bandwidth and peak compute, no overheads
  Bound bound = Bound::bandwidth;
};

/// Everything about (model, format, set-up, engine, backend) that does not depend on the workload. Plain numbers:
/// decode_step() and prefill() neither allocate nor branch on text, so sweeps run millions of them per second.
/// Made by assemble() from SpeedParts; formulas in speed.cc.
class SpeedModel {
 public:
  /// One decode step of `concurrency` streams, each `depth_tokens` deep.
  StepTerms decode_step(double depth_tokens, int concurrency) const {
    return decode_step(depth_tokens, 1.0 * concurrency);
  }
  StepTerms decode_step(double depth_tokens, double concurrency) const {
    return decode_step(depth_tokens, concurrency, 1.0);
  }
  /// The same when each stream brings `tokens_each` tokens at once, as in verifying a draft.
  StepTerms decode_step(double depth_tokens, double concurrency, double tokens_each) const;
  /// Time to take in `prompt_tokens` for each of `concurrency` streams after `depth_tokens` cached ones.
  StepTerms prefill(double prompt_tokens, double depth_tokens, int concurrency) const {
    return prefill(prompt_tokens, depth_tokens, 1.0 * concurrency);
  }
  StepTerms prefill(double prompt_tokens, double depth_tokens, double concurrency) const;

  /// Tokens per second of one stream.
  double decode_tokens_per_s(double depth_tokens, int concurrency) const {
    return 1.0 / decode_step(depth_tokens, concurrency).total_s;
  }
  /// Output tokens per second of all streams when requests of this shape follow one another, prefill included.
  double served_tokens_per_s(double prompt_tokens, double output_tokens, double concurrency) const;

  int replicas() const { return replicas_; }
  /// Part of the weights stays in the host's memory.
  bool spills() const { return s_per_host_byte_ > 0; }
  int tensor_parallel() const { return tensor_parallel_; }
  int pipeline_stages() const { return pipeline_stages_; }
  int chunk_tokens() const { return chunk_tokens_; }
  double request_s() const { return request_s_; }

 private:
  friend SpeedModel assemble(const struct SpeedParts& parts, const ParamValues& values);
  friend struct SpeedNumbers;  // for explanations
  double read_bytes(double tokens) const;
  /// What of a pass's reads comes from the host's memory, `head` bytes of them not being read.
  double host_bytes(double read, double head) const {
    return (always_read_ - head) * host_always_share_ + (read - always_read_) * host_expert_share_;
  }
  double compute_flop(double tokens, double half_tokens) const;
  double expert_overhead_s(double tokens) const;
  double link_time(double tokens) const;

  // Seconds per byte, per FLOP, per head-token; zero switches a term off.
  double s_per_weight_byte_ = 0, s_per_unit_byte_ = 0, s_per_kv_byte_ = 0, s_per_score_ = 0;
  double s_per_flop_ = 0, s_per_attention_flop_ = 0, s_per_step_attention_flop_ = 0, s_per_converted_weight_ = 0;
  double s_per_host_byte_ = 0, s_per_host_prefill_byte_ = 0, host_always_share_ = 0;
  double host_expert_share_ = 0;  ///< of what a step reads always and of the chosen experts, in the host's memory
  double layers_s_ = 0, fixed_s_ = 0, prefill_layers_s_ = 0, prefill_fixed_s_ = 0, request_s_ = 0;
  double half_tokens_ = 0, step_half_tokens_ = 0;  ///< of prompts, of decode steps
  double expert_compute_ = 1, skew_ = 0;
  double scan_s_ = 0;  ///< per token of a prompt, where recurrent states are updated token by token
  double expert_launch_s_ = 0, expert_pick_s_ = 0;  ///< engines that handle experts one by one
  double decode_factor_ = 1, prefill_factor_ = 1, prefill_speed_factor_ = 1;
  double always_read_ = 0, head_bytes_ = 0, dense_params_ = 0, head_params_ = 0;
  int depth_layers_ = 0, chunk_tokens_ = 512;
  int tensor_parallel_ = 1, pipeline_stages_ = 1, replicas_ = 1;
  bool pipelines_chunks_ = false, batches_across_stages_ = false, expert_parallel_ = false;
  double kv_repeats_ = 1;    ///< copies of the cache that a tensor-parallel group reads
  double reduce_turns_ = 1;  ///< latencies of a small all-reduce
  double link_latency_s_ = 0, link_s_per_byte_ = 0, hop_s_ = 0, hidden_ = 0;
  double roofline_s_per_byte_ = 0, roofline_s_per_flop_ = 0;
  int expert_groups_ = 0;
  ExpertGroup experts_[3];
  KvPlan kv_;
};

}  // namespace rigwise
