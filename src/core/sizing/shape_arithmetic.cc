// How many weights a layer has, from its widths. D is hidden_size; H, K heads and KV heads; d head_dim; v v_head_dim.
// Every formula counts matrices only: biases and norms inside attention are below 0.1 % of any model in the catalog.
#include <algorithm>

#include "core/sizing/weights.h"

namespace rigwise {
namespace {

double value_dim(const LayerGroup& g) { return g.v_head_dim > 0 ? g.v_head_dim : g.head_dim; }

/// Sparse-attention indexer: queries from the low-rank query (or D), one key per token, one weight per indexer head.
///     r_q * H_i * d_i + D * d_i + D * H_i
/// From  DeepSeek-V3.2 config: 64 heads of 128.
double indexer_params(const LayerGroup& g, double hidden) {
  if (g.index_dim <= 0) return 0;
  const double from = g.q_lora_rank > 0 ? g.q_lora_rank : hidden;
  return from * g.index_heads * g.index_dim + hidden * g.index_dim + hidden * g.index_heads;
}

/// MHA, MQA, GQA, sliding, chunked and cross attention.
///     Q: D*H*d (twice with an output gate; D*r + r*H*d through rank r)   K: D*K*d   V: D*K*v   O: H*v*D
/// One projection for K and V (shared_kv) drops V; a layer that reuses another's cache has neither.
/// A grouped low-rank output (DeepSeek-V4) is H*v*r + groups*r*D.
double dot_product_params(const LayerGroup& g, double hidden) {
  const double v = value_dim(g);
  const double queries = double(g.heads) * g.head_dim * (g.attention_gate ? 2 : 1);
  double params = g.q_lora_rank > 0 ? hidden * g.q_lora_rank + g.q_lora_rank * queries : hidden * queries;
  if (!g.reuses_kv) params += hidden * g.kv_heads * (g.head_dim + (g.shared_kv ? 0.0 : v));
  if (g.o_lora_rank > 0) {
    params += g.heads * v * g.o_lora_rank + double(g.o_groups) * g.o_lora_rank * hidden;
  } else {
    params += g.heads * v * hidden;
  }
  return params;
}

/// Multi-head latent attention.
///     Q: D*H*(nope+rope), or D*r_q + r_q*H*(nope+rope)   KV down: D*(r_kv+rope)   KV up: r_kv*H*(nope+v)   O: H*v*D
/// From  DeepSeek-V2, arXiv 2405.04434.
double mla_params(const LayerGroup& g, double hidden) {
  const double nope = g.nope_dim > 0 ? g.nope_dim : std::max(0, g.head_dim - g.rope_dim);
  const double v = g.v_head_dim > 0 ? g.v_head_dim : nope;
  const double queries = g.heads * (nope + g.rope_dim);
  double params = g.q_lora_rank > 0 ? hidden * g.q_lora_rank + g.q_lora_rank * queries : hidden * queries;
  params += hidden * (g.kv_lora_rank + g.rope_dim) + double(g.kv_lora_rank) * g.heads * (nope + v);
  return params + g.heads * v * hidden;
}

/// Gated DeltaNet (Qwen3-Next): queries and keys of n_k heads, values and gate of n_v heads, two scalars per value
/// head, a short convolution over Q, K and V, and the output.
///     D*(2 n_k d_k + 2 n_v d_v + 2 n_v) + (2 n_k d_k + n_v d_v)*kernel + n_v d_v*D
double deltanet_params(const LayerGroup& g, double hidden) {
  const double keys = double(g.linear_key_heads) * g.linear_key_dim;
  const double values = double(g.linear_value_heads) * g.linear_value_dim;
  return hidden * (2 * keys + 2 * values + 2 * g.linear_value_heads) + (2 * keys + values) * g.conv_kernel +
         values * hidden;
}

/// Mamba-2: input, gate, B, C and step sizes in one projection, a convolution, and the output.
///     D*(2 inner + 2 groups*state + heads) + (inner + 2 groups*state)*kernel + inner*D;  inner = heads*head_dim
double mamba2_params(const LayerGroup& g, double hidden) {
  const double inner = double(g.ssm_heads) * g.ssm_head_dim;
  const double bc = 2.0 * g.ssm_groups * g.ssm_state;
  return hidden * (2 * inner + bc + g.ssm_heads) + (inner + bc) * g.conv_kernel + inner * hidden;
}

double ffn_matrices(const LayerGroup& g) { return g.ffn_gated ? 3 : 2; }

double dense_ffn_params(const LayerGroup& g, double hidden) {
  if (g.ffn == FfnKind::dense) return ffn_matrices(g) * hidden * g.intermediate_size;
  return g.ffn == FfnKind::moe ? ffn_matrices(g) * hidden * g.dense_beside_moe : 0;
}

/// Shared experts, and the two projections in and out of the latent that narrow experts work on.
double shared_expert_params(const LayerGroup& g, double hidden) {
  if (g.ffn != FfnKind::moe) return 0;
  const double width = g.shared_intermediate_size > 0 ? g.shared_intermediate_size
                                                      : double(g.shared_experts) * g.expert_intermediate_size;
  const double latent = g.expert_hidden_size > 0 ? 2 * hidden * g.expert_hidden_size : 0;
  return ffn_matrices(g) * hidden * width + latent;
}

double router_params(const LayerGroup& g, double hidden) { return g.ffn == FfnKind::moe ? hidden * g.experts : 0; }

/// Two norms a layer that has both halves, one for a layer that is only attention or only FFN.
double norm_params(const LayerGroup& g, double hidden) {
  return hidden * ((g.attention != AttentionKind::none ? 1 : 0) + (g.ffn != FfnKind::none ? 1 : 0));
}

}  // namespace

double attention_params(const LayerGroup& group, int hidden_size) {
  switch (group.attention) {
    case AttentionKind::full:
    case AttentionKind::sliding:
    case AttentionKind::chunked:
    case AttentionKind::cross:
    case AttentionKind::compressed_sparse:
      return dot_product_params(group, hidden_size) + indexer_params(group, hidden_size);
    case AttentionKind::mla:
    case AttentionKind::mla_sparse: return mla_params(group, hidden_size) + indexer_params(group, hidden_size);
    case AttentionKind::gated_deltanet: return deltanet_params(group, hidden_size);
    case AttentionKind::mamba2: return mamba2_params(group, hidden_size);
    // LFM2: three gates in, one projection out, one filter per channel.
    case AttentionKind::shortconv: return 4.0 * hidden_size * hidden_size + double(hidden_size) * group.conv_kernel;
    case AttentionKind::none: return 0;
  }
  return 0;
}

double expert_params(const LayerGroup& group, int hidden_size) {
  if (group.ffn != FfnKind::moe) return 0;
  const double input = group.expert_hidden_size > 0 ? group.expert_hidden_size : hidden_size;
  return ffn_matrices(group) * input * group.expert_intermediate_size;
}

std::vector<TensorClassSize> parameter_classes(const Llm& model) {
  std::vector<TensorClassSize> classes;
  if (!model.has_shape()) return classes;
  const double hidden = model.hidden_size;
  const double table = hidden * model.vocab_size;
  double attention = 0, dense = 0, shared = 0, router = 0, routed = 0, norms = hidden;
  for (const LayerGroup& g : model.layers) {
    attention += g.count * attention_params(g, model.hidden_size);
    dense += g.count * dense_ffn_params(g, hidden);
    shared += g.count * shared_expert_params(g, hidden);
    router += g.count * router_params(g, hidden);
    routed += g.count * g.experts * expert_params(g, model.hidden_size);
    norms += g.count * norm_params(g, hidden);
  }
  const auto add = [&classes](const char* name, double params) {
    if (params > 0) classes.push_back({name, params, 0, {}});
  };
  add("embedding", table);
  add("per_layer_embeddings", model.params_offloadable);
  add("attention", attention);
  add("dense_ffn", dense);
  add("shared_experts", shared);
  add("router", router);
  add("routed_experts", routed);
  add("output", model.tied_embeddings ? 0 : table);
  add("norms", norms);
  add("extra", model.params_extra);
  return classes;
}

double parameter_count(const Llm& model) {
  double params = 0;
  for (const TensorClassSize& c : parameter_classes(model)) params += c.params;
  return params;
}

double active_parameter_count(const Llm& model) {
  if (!model.has_shape()) return 0;
  const double hidden = model.hidden_size;
  double params = hidden * model.vocab_size + hidden;
  for (const LayerGroup& g : model.layers) {
    params += g.count * (attention_params(g, model.hidden_size) + dense_ffn_params(g, hidden) +
                         shared_expert_params(g, hidden) + router_params(g, hidden) + norm_params(g, hidden) +
                         g.experts_per_token * expert_params(g, model.hidden_size));
  }
  return params;
}

}  // namespace rigwise
