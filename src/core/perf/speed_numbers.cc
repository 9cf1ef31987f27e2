#include "core/perf/speed_numbers.h"

#include <algorithm>

namespace rigwise {

SpeedNumbers::SpeedNumbers(const SpeedModel& m)
    : s_per_weight_byte(m.s_per_weight_byte_),
      s_per_unit_byte(m.s_per_unit_byte_),
      s_per_kv_byte(m.s_per_kv_byte_),
      s_per_score(m.s_per_score_),
      s_per_flop(m.s_per_flop_),
      s_per_attention_flop(m.s_per_attention_flop_),
      s_per_step_attention_flop(m.s_per_step_attention_flop_),
      scan_s(m.scan_s_),
      expert_launch_s(m.expert_launch_s_),
      expert_pick_s(m.expert_pick_s_),
      s_per_converted_weight(m.s_per_converted_weight_),
      s_per_host_byte(m.s_per_host_byte_),
      s_per_host_prefill_byte(m.s_per_host_prefill_byte_),
      host_always_share(m.host_always_share_),
      host_expert_share(m.host_expert_share_),
      layers_s(m.layers_s_),
      fixed_s(m.fixed_s_),
      prefill_layers_s(m.prefill_layers_s_),
      prefill_fixed_s(m.prefill_fixed_s_),
      request_s(m.request_s_),
      half_tokens(m.half_tokens_),
      step_half_tokens(m.step_half_tokens_),
      expert_compute(m.expert_compute_),
      skew(m.skew_),
      decode_factor(m.decode_factor_),
      prefill_factor(m.prefill_factor_),
      prefill_speed_factor(m.prefill_speed_factor_),
      always_read(m.always_read_),
      head_bytes(m.head_bytes_),
      dense_params(m.dense_params_),
      head_params(m.head_params_),
      hidden(m.hidden_),
      link_latency_s(m.link_latency_s_),
      link_s_per_byte(m.link_s_per_byte_),
      hop_s(m.hop_s_),
      roofline_s_per_byte(m.roofline_s_per_byte_),
      roofline_s_per_flop(m.roofline_s_per_flop_),
      layers(m.depth_layers_),
      chunk_tokens(m.chunk_tokens_),
      tensor_parallel(m.tensor_parallel_),
      pipeline_stages(m.pipeline_stages_),
      replicas(m.replicas_),
      expert_groups(m.expert_groups_),
      pipelines_chunks(m.pipelines_chunks_),
      batches_across_stages(m.batches_across_stages_),
      expert_parallel(m.expert_parallel_),
      kv_repeats(m.kv_repeats_),
      reduce_turns(m.reduce_turns_),
      kv(m.kv_) {
  std::copy(std::begin(m.experts_), std::end(m.experts_), std::begin(experts));
}

}  // namespace rigwise
