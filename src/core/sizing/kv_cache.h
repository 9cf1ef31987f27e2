#pragma once

#include <array>

#include "core/facts/engine.h"
#include "core/facts/format.h"
#include "core/facts/llm.h"

namespace rigwise {

/// The cache of one group of like layers.
struct KvGroup {
  int layers = 0;
  double bytes_per_token_k = 0, bytes_per_token_v = 0;  ///< one layer, one token (MLA: latent in k, v = 0)
  int window = 0;                                       ///< tokens kept; 0: all
  double state_bytes = 0;          ///< constant per sequence and layer (linear attention, Mamba, convolutions), f32
  double flop_per_token_pair = 0;  ///< attention FLOP per (query token, cached token) of one layer: QK and PV
  double flop_per_token_pair_step = 0;  ///< the same for a single new token: MLA works on the latent then
  double flop_per_token = 0;            ///< FLOP per token whatever the depth: recurrent state updates
  double scan_bytes_per_token = 0;      ///< state a token-by-token scan of a prompt moves (Mamba-2); 0: chunked
  double sparse_top_tokens = 0;         ///< sparse attention reads at most so many cached tokens per query; 0: all
  double bytes_per_token_index = 0;     ///< sparse attention's indexer key, kept and read for every token
  double index_flop_per_token_pair = 0;
  int compress_ratio = 0;  ///< above 0: beside the window, one entry stands for so many tokens of the whole context
  bool stores = true;      ///< false: reads the cache of another layer

  double bytes_per_token() const { return bytes_per_token_k + bytes_per_token_v + bytes_per_token_index; }
};

/// The cache of a whole model. Made once per (model, cache format); its functions neither allocate nor branch on text.
struct KvPlan {
  std::array<KvGroup, 6> groups{};
  int group_count = 0;

  /// Bytes one token adds, all layers counted as if they kept the full context.
  double bytes_per_token_all_layers() const;
  /// Bytes one token adds in the layers that keep the full context.
  double bytes_per_token_full_layers() const;
  /// Recurrent and convolution state of one sequence.
  Bytes state_per_sequence() const;
  /// Cache a decode step must read at `depth_tokens`, per sequence (sliding layers: their window; linear: state twice).
  Bytes read_at(double depth_tokens) const;
  /// Attention FLOP for `new_tokens` tokens that follow `depth_tokens` cached ones (causal).
  double attention_flop(double new_tokens, double depth_tokens) const;

  /// Adds layers. Groups that differ only in widths share a slot (with mean widths, so that sums stay right) once
  /// the slots are used up.
  void add(const KvGroup& group);
};

/// `kv_format` null means f16. Cross-attention layers keep no text tokens; their image tokens are not counted.
KvPlan kv_plan(const Llm& model, const Format* kv_format);

/// Cache allocated for `sequences` sequences of `context_tokens` each under an engine's policy:
/// llama.cpp caps sliding layers at pad256(window * sequences + prefill chunk), vLLM-like engines keep full pages,
/// and all layers get pages of the same size in bytes (the largest layer's), so short contexts cost more per token.
Bytes kv_allocated(const KvPlan& plan, double context_tokens, int sequences, const EnginePolicy& policy);

/// (query, cached token) pairs of `new_tokens` causal tokens after `depth_tokens`, when a token sees at most `limit`
/// cached tokens, itself included (0: all).
double causal_pairs(double new_tokens, double depth_tokens, double limit);

}  // namespace rigwise
