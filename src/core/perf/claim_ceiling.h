#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/facts/engine.h"
#include "core/facts/measurement.h"
#include "core/facts/setup.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// What a step reads from one kind of memory, in the best case.
struct CeilingPart {
  std::string where;  ///< "2x NVIDIA RTX A6000", "host memory", "disk"
  Bytes bytes;
  BytesPerSecond bandwidth;
};

/// A speed that no run without speculation can pass: peak bandwidth, peak compute, nothing else costs time.
struct Ceiling {
  double tokens_per_s = 0;
  double compute_tokens_per_s = 0;  ///< what the arithmetic alone allows; 0: no peak is known
  bool by_compute = false;          ///< the arithmetic binds, not the memory
  bool soft_peak = false;           ///< the compute peak is recalled or estimated
  bool spills = false;              ///< the weights do not fit the devices: host memory or disk is read in every step
  Flop flop;                        ///< of one step (decode) or the whole prompt (prefill)
  FlopPerSecond peak;
  std::vector<CeilingPart> parts;
  std::string formula;                   ///< in plain text with the numbers
  std::vector<std::string> assumptions;  ///< what was taken in the claim's favour

  Bytes bytes() const;
};

struct CeilingQuery {
  const Llm* model = nullptr;
  const WeightPlan* weights = nullptr;
  const KvPlan* kv = nullptr;
  const Setup* setup = nullptr;
  Phase phase = Phase::decode;  ///< decode: one stream; decode_total: all; prefill: prompt tokens
  double prompt_tokens = 512, depth_tokens = 0;
  int concurrency = 1;                               ///< 0: not stated, as many as help
  MultiDevice split = MultiDevice::tensor_parallel;  ///< layer split reads one device after the other
  BytesPerSecond host_bandwidth = {0};               ///< of the machine around cards; 0: no such machine
};

/// The ceiling of a speed.
///
///     decode   n / max(sum or max of bytes_i / bandwidth_i, 2 * P * n / peak)
///     prefill  p / max(bytes / bandwidth, (2 * P * p + attention) / peak)
///
/// Bytes are weights and cache that one step of n streams must read (MoE: one token's experts, as all streams may
/// pick the same), placed in the fastest memories first. Several devices: with tensor parallelism their bandwidths add;
/// a layer split reads them one after the other for one stream, at the same time for many. What no device holds is read
/// from host memory, else from disk. Compute is the highest peak of any dtype, summed over the devices. Holds  for
/// every engine, whatever it does, as long as a pass yields one token per stream (no speculation). Errors  a device
/// without known bandwidth.
Result<Ceiling> speed_ceiling(const CeilingQuery& query);

/// "2x NVIDIA RTX A6000 + NVIDIA GeForce RTX 4090".
std::string setup_words(const Setup& setup);

/// Memory of all devices, used in full.
Bytes setup_capacity(const Setup& setup);

}  // namespace rigwise
