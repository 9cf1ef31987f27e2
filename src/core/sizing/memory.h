#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/facts/setup.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// fits >= 95 % sure, likely 70-95 %, tight 30-70 %, no below.
enum class FitVerdict { fits, likely, tight, no };
const char* fit_verdict_name(FitVerdict v);

/// What a run needs and what there is; sums over all devices of the set-up.
struct MemoryNeed {
  Bytes weights, kv_cache, compute, runtime;
  Bytes total() const { return weights + kv_cache + compute + runtime; }
};

struct Fit {
  MemoryNeed need;
  Bytes available;         ///< usable memory of all devices
  double probability = 0;  ///< that it loads and runs
  FitVerdict verdict = FitVerdict::no;
  double max_context_tokens = 0;  ///< largest context with the asked sequences (capped at the model's own), 0: none
  int max_sequences = 0;          ///< most sequences with the asked context
  std::string why;                ///< one clause a person understands: "short by 4.1 GB", "11 GB free"
};

struct FitQuery {
  double context_tokens = 4096;
  int sequences = 1;
  double headroom = 0;  ///< share of usable memory kept free
};

/// Compute buffers of one device: logits, masks, the largest activation (predicting.md 4.2, A_d).
Bytes compute_buffers(const Llm& model, const Engine& engine, double context_tokens, int sequences);

/// Does the model run in the set-up's memory? Layers are spread by memory; unified memory is counted once;
/// every device pays the engine's runtime. Header-exact plans get a narrower error than averages.
Fit fit_in(const Llm& model, const WeightPlan& weights, const KvPlan& kv, const Setup& setup, const Engine& engine,
           const FitQuery& query);

}  // namespace rigwise
