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
FitVerdict fit_verdict(double probability);

/// What a run needs; sums over all devices of the set-up.
struct MemoryNeed {
  Bytes weights, kv_cache, compute, runtime;
  Bytes draft{0};  ///< of a draft model that guesses ahead, its cache included
  Bytes total() const { return weights + kv_cache + compute + runtime + draft; }
};

struct FitQuery {
  double context_tokens = 4096;
  int sequences = 1;
  double headroom = 0;  ///< share of usable memory kept free
  Bytes draft{0};       ///< a draft model beside the model: on one device, or spread like the model's tensors
};

/// The numbers of a fit, without words: what a sweep over thousands of pairs asks. Nothing is allocated.
struct FitCheck {
  MemoryNeed need;
  Bytes available;         ///< usable memory of all devices the engine uses
  Bytes margin;            ///< how much the need may grow before it stops fitting; negative: what is missing
  double probability = 0;  ///< that it loads and runs
};

struct Fit {
  MemoryNeed need;
  Bytes available;         ///< usable memory of all devices the engine uses
  double probability = 0;  ///< that it loads and runs
  FitVerdict verdict = FitVerdict::no;
  double max_context_tokens = 0;  ///< largest context with the asked sequences (capped at the model's own), 0: none
  int max_sequences = 0;          ///< most sequences with the asked context
  std::string why;                ///< one clause a person understands: "short by 4.1 GB", "11 GB free"
};

/// Compute buffers of one device: logits, masks, the largest activation; formulas in compute_buffers.cc.
/// `tensor_parallel` devices share the activations of vLLM-like engines.
Bytes compute_buffers(const Llm& model, const Engine& engine, double context_tokens, int sequences,
                      int tensor_parallel = 1);

/// Widest FFN activations of one token, in elements: the gate and up halves; a MoE layer has them per chosen expert,
/// and the experts' outputs besides.
double widest_ffn(const Llm& model);

/// Memory of one device that a run under this engine may take: the device's usable share; for vLLM-like engines
/// also no more than pool_fraction * (capacity - 0.75 GiB).
Bytes usable_memory(const Device& device, const Engine& engine);

/// What is left for the cache on one device that holds all the weights. Negative when the weights do not fit.
///     usable - weights - compute - runtime
Bytes kv_pool(const Llm& model, const WeightPlan& weights, const Device& device, const Engine& engine);

/// Tensor-parallel degree on `devices` devices: the largest divisor of the device count that also divides the
/// attention heads; the rest of the devices form a pipeline. 3 devices and 64 heads give 1 (a pipeline of three).
int tensor_parallel_degree(const Llm& model, int devices);

/// Share of the cache each device of a tensor-parallel group holds: KV heads are dealt out, then repeated; a latent
/// (MLA) or a single KV head is on every device.
double kv_cache_share(const Llm& model, int tensor_parallel);

/// Does the model run in the set-up's memory?
///
/// Layer split (llama.cpp): a device takes whole layers, pays its own compute buffers and runtime, and one device
/// takes the head too; the order of layers is free. Tensor parallel (vLLM): every device takes the same share, so the
/// smallest one decides; the cache of MLA is repeated on every device. Unified memory is one pool, counted once:
/// tables an engine keeps on the host count there too. One copy of a tied table suffices where the file is mapped once
/// for both (CPU, Apple); elsewhere the host's and the accelerator's copies both take room.
///
/// The probability is that of a normal error on the need. Half-widths at 80 %: header-exact 2 % + 300 MiB, by shape
/// 5 %, by parameter count 12 % (predicting.md 4.10), never narrower than for a header.
FitCheck check_fit(const Llm& model, const WeightPlan& weights, const KvPlan& kv, const Setup& setup,
                   const Engine& engine, const FitQuery& query);

/// check_fit with its verdict in words, and the largest context and most sequences that still fit likely (>= 70 %).
Fit fit_in(const Llm& model, const WeightPlan& weights, const KvPlan& kv, const Setup& setup, const Engine& engine,
           const FitQuery& query);

}  // namespace rigwise
