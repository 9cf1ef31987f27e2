// Scratch memory of one device while it runs. llama.cpp reserves the peak of its graph: either at the end, where the
// logits of a whole prefill chunk stand beside the last hidden states, or inside a layer, where the attention mask
// and the widest activations do. vLLM-like engines profile a run and record graphs; their need grows with the width.
#include <algorithm>
#include <cmath>

#include "core/sizing/memory.h"

namespace rigwise {
namespace {

bool is_llama_cpp(const Engine& engine) { return engine.base == "llama.cpp" || engine.id == "llama.cpp"; }

/// llama.cpp with flash attention, chunk of u tokens, V vocabulary, D hidden, n cached tokens, F widest FFN:
///     max( 4 u (V + D),  2 n u + 4 u (F + 3 D) )
/// Gives  bytes: Gemma 3 4B 517 MiB, Llama 3 8B 258.5 MiB, Qwen2.5 7B 304 MiB as llama.cpp prints them.
/// Holds  for builds that reserve logits for the whole chunk; builds since mid 2026 reserve them for the sequences
///        only and need up to 4 u V less.
/// From   llama.cpp start-up logs; checked in memory_test.cc.
double llama_cpp_buffers(const Llm& model, const EnginePolicy& policy, double context) {
  const double chunk = policy.prefill_chunk_tokens;
  const double hidden = model.hidden_size;
  const double at_logits = 4 * chunk * (model.vocab_size + hidden);
  const double in_layer = 2 * context * chunk + 4 * chunk * (widest_ffn(model) + 3 * hidden);
  return std::max(at_logits, in_layer);
}

/// vLLM-like: activations D/4096 GiB shared by the tensor-parallel group, recorded graphs 0.55 D/4096 GiB, and
/// 0.42 GiB more outside the allocator for MoE.
/// From  predicting.md 4.2 (ridgepoint's fits to vLLM on A100 and H100).
double pool_engine_buffers(const Llm& model, int tensor_parallel) {
  const double width = model.hidden_size / 4096.0;
  const double gib = width / std::max(1, tensor_parallel) + 0.55 * width + (model.is_moe() ? 0.42 : 0.0);
  return gib * kGib;
}

/// Engines that compute the logits of the last token only (MLX, ExLlama): 16-bit activations of one chunk.
double lean_buffers(const Llm& model, const EnginePolicy& policy, int sequences) {
  const double activations = 2.0 * policy.prefill_chunk_tokens * (widest_ffn(model) + 4.0 * model.hidden_size);
  return activations + 4.0 * sequences * model.vocab_size;
}

}  // namespace

double widest_ffn(const Llm& model) {
  double widest = 0;
  for (const LayerGroup& g : model.layers) {
    const double halves = g.ffn_gated ? 2 : 1;
    if (g.ffn == FfnKind::dense) widest = std::max(widest, halves * g.intermediate_size);
    if (g.ffn != FfnKind::moe) continue;
    const double routed = g.experts_per_token * (halves * g.expert_intermediate_size + model.hidden_size);
    const double shared = halves * std::max(g.shared_intermediate_size, g.dense_beside_moe);
    widest = std::max({widest, routed, shared});
  }
  return widest;
}

Bytes compute_buffers(const Llm& model, const Engine& engine, double context_tokens, int sequences,
                      int tensor_parallel) {
  if (!model.has_shape()) return {0.02 * model.params_total};  // no widths known: 2 % of an 8-bit model
  if (engine.policy.memory_pool_fraction > 0) return {pool_engine_buffers(model, tensor_parallel)};
  if (is_llama_cpp(engine)) return {llama_cpp_buffers(model, engine.policy, context_tokens)};
  return {lean_buffers(model, engine.policy, sequences)};
}

}  // namespace rigwise
