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
  double total_s = 0;
  double roofline_s = 0;  ///< no run can be faster: peak bandwidth and peak compute, no overheads
  Bound bound = Bound::bandwidth;
};

/// Everything about (model, format, set-up, engine, backend) that does not depend on the workload. Plain numbers:
/// step() and prefill() neither allocate nor branch on text, so sweeps run millions of them per second.
class SpeedModel {
 public:
  /// One decode step of `concurrency` streams, each `depth_tokens` deep.
  StepTerms decode_step(double depth_tokens, int concurrency) const;
  /// Time to take in `prompt_tokens` for each of `concurrency` streams after `depth_tokens` cached ones.
  StepTerms prefill(double prompt_tokens, double depth_tokens, int concurrency) const;

  /// Tokens per second of one stream.
  double decode_tokens_per_s(double depth_tokens, int concurrency) const {
    return 1.0 / decode_step(depth_tokens, concurrency).total_s;
  }

 private:
  friend struct SpeedModelBuilder;
  // Filled by the builder; see speed.cc for the formulas that use them.
  double bandwidth_bytes_per_s_ = 0, peak_flop_per_s_ = 0, prefill_peak_flop_per_s_ = 0;
  double eta_weights_ = 1, eta_kv_ = 1, eta_compute_ = 1;
  double mfu_ = 0.5, mfu_half_tokens_ = 64, prefill_floor_s_ = 0;
  double layer_s_ = 0, fixed_s_ = 0, sampling_s_ = 0;
  double skew_ = 0;
  int depth_layers_ = 0, chunk_tokens_ = 512;
  int tensor_parallel_ = 1, pipeline_stages_ = 1;
  double link_latency_s_ = 0, link_bytes_per_s_ = 0, hidden_ = 0;
  double always_read_ = 0, params_read_ = 0;
  int expert_groups_ = 0;
  ExpertGroup experts_[3];
  KvPlan kv_;
};

}  // namespace rigwise
