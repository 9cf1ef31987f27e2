#pragma once

#include "core/perf/speed.h"

namespace rigwise {

/// The numbers inside a speed model, for explanations: what speed.cc multiplies. Zero switches a term off.
struct SpeedNumbers {
  explicit SpeedNumbers(const SpeedModel& model);

  double s_per_weight_byte, s_per_unit_byte, s_per_kv_byte, s_per_score, s_per_flop, s_per_attention_flop;
  double s_per_step_attention_flop, scan_s, expert_launch_s, expert_pick_s;
  double s_per_converted_weight, s_per_host_byte, s_per_host_prefill_byte;
  double host_always_share, host_expert_share;
  double layers_s, fixed_s, prefill_layers_s, prefill_fixed_s, request_s;
  double half_tokens, step_half_tokens, expert_compute, skew, decode_factor, prefill_factor, prefill_speed_factor;
  double always_read, head_bytes, dense_params, head_params, hidden;
  double link_latency_s, link_s_per_byte, hop_s, roofline_s_per_byte, roofline_s_per_flop;
  int layers, chunk_tokens, tensor_parallel, pipeline_stages, replicas, expert_groups;
  bool pipelines_chunks, batches_across_stages, expert_parallel;
  double kv_repeats, reduce_turns;
  ExpertGroup experts[3];
  KvPlan kv;
};

}  // namespace rigwise
