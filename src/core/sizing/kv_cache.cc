// What attention remembers. A layer either keeps every token (full), the last `window` tokens (sliding, chunked), one
// entry for several tokens beside a window (compressed), or a state of constant size (recurrent layers); the sums below
// treat the four alike, group of layers by group of layers.
#include "core/sizing/kv_cache.h"

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

constexpr double kStateBytes = 4;         // recurrent and convolution states are f32 in llama.cpp
constexpr double kFlopPerStateEntry = 7;  // decay, read, rank-one update, query
constexpr double kDefaultTopTokens = 2048;

/// Conv state: the last kernel-1 inputs of every channel.
double conv_state(double channels, int kernel) { return channels * std::max(0, kernel - 1) * kStateBytes; }

double padded(double tokens, int block) {
  const double b = std::max(1, block);
  return std::ceil(tokens / b) * b;
}

/// MHA, MQA, GQA: K heads of d for keys and of v for values; one vector for both under single_kv.
void fill_dot_product(KvGroup& g, const LayerGroup& layer, double element_bytes) {
  const double v = layer.v_head_dim > 0 ? layer.v_head_dim : layer.head_dim;
  g.bytes_per_token_k = double(layer.kv_heads) * layer.head_dim * element_bytes;
  g.bytes_per_token_v = layer.single_kv ? 0 : layer.kv_heads * v * element_bytes;
  g.flop_per_token_pair = 2.0 * layer.heads * (layer.head_dim + v);
  g.flop_per_token_pair_step = g.flop_per_token_pair;
  g.stores = !layer.reuses_kv;
}

/// MLA: the latent and the rotary key, once for all heads; no values. Prefill expands the latent to heads, a single
/// new token works on the latent itself.
///     bytes (r_kv + rope) * e;  FLOP 2H(nope + rope + v) in prefill, 2H(2 r_kv + rope) in a step
void fill_mla(KvGroup& g, const LayerGroup& layer, double element_bytes) {
  const double nope = layer.nope_dim > 0 ? layer.nope_dim : std::max(0, layer.head_dim - layer.rope_dim);
  const double v = layer.v_head_dim > 0 ? layer.v_head_dim : nope;
  g.bytes_per_token_k = (double(layer.kv_lora_rank) + layer.rope_dim) * element_bytes;
  g.flop_per_token_pair = 2.0 * layer.heads * (nope + layer.rope_dim + v);
  g.flop_per_token_pair_step = 2.0 * layer.heads * (2.0 * layer.kv_lora_rank + layer.rope_dim);
  g.stores = !layer.reuses_kv;
}

/// Keys of the sparse indexer, one per cached entry, and the entries a query then attends to.
void fill_indexer(KvGroup& g, const LayerGroup& layer, double element_bytes) {
  if (layer.index_dim <= 0) return;
  g.bytes_per_token_index = layer.index_dim * element_bytes;
  g.index_flop_per_token_pair = 2.0 * std::max(1, layer.index_heads) * layer.index_dim;
  g.sparse_top_tokens = layer.index_topk > 0 ? layer.index_topk : kDefaultTopTokens;
}

/// Gated DeltaNet: a d_k x d_v matrix per value head, and the convolution over queries, keys and values.
/// From  Qwen3.6-27B in llama.cpp's log: 598.5 MiB for 4 sequences over 48 layers.
void fill_deltanet(KvGroup& g, const LayerGroup& layer) {
  const double keys = double(layer.linear_key_heads) * layer.linear_key_dim;
  const double values = double(layer.linear_value_heads) * layer.linear_value_dim;
  const double entries = double(layer.linear_value_heads) * layer.linear_key_dim * layer.linear_value_dim;
  g.state_bytes = entries * kStateBytes + conv_state(2 * keys + values, layer.conv_kernel);
  g.flop_per_token = kFlopPerStateEntry * entries;
}

/// Mamba-2: head_dim x state per head, and the convolution over inner, B and C channels.
void fill_mamba2(KvGroup& g, const LayerGroup& layer) {
  const double inner = double(layer.ssm_heads) * layer.ssm_head_dim;
  const double entries = inner * layer.ssm_state;
  g.state_bytes =
      entries * kStateBytes + conv_state(inner + 2.0 * layer.ssm_groups * layer.ssm_state, layer.conv_kernel);
  g.scan_bytes_per_token = entries * kStateBytes;
  g.flop_per_token = kFlopPerStateEntry * entries;
}

KvGroup group_of(const LayerGroup& layer, int hidden_size, double element_bytes) {
  KvGroup g;
  g.layers = layer.count;
  switch (layer.attention) {
    case AttentionKind::full: fill_dot_product(g, layer, element_bytes); break;
    case AttentionKind::sliding:
    case AttentionKind::chunked:
      fill_dot_product(g, layer, element_bytes);
      g.window = layer.window;
      break;
    case AttentionKind::compressed_sparse:
      fill_dot_product(g, layer, element_bytes);
      fill_indexer(g, layer, element_bytes);
      g.window = layer.window;
      g.compress_ratio = std::max(1, layer.compress_ratio);
      break;
    case AttentionKind::mla: fill_mla(g, layer, element_bytes); break;
    case AttentionKind::mla_sparse:
      fill_mla(g, layer, element_bytes);
      fill_indexer(g, layer, element_bytes);
      break;
    case AttentionKind::gated_deltanet: fill_deltanet(g, layer); break;
    case AttentionKind::mamba2: fill_mamba2(g, layer); break;
    case AttentionKind::shortconv: g.state_bytes = conv_state(hidden_size, layer.conv_kernel); break;
    case AttentionKind::cross:
    case AttentionKind::none: break;
  }
  return g;
}

bool same_reach(const KvGroup& a, const KvGroup& b) {
  return a.window == b.window && a.compress_ratio == b.compress_ratio && a.stores == b.stores &&
         a.sparse_top_tokens == b.sparse_top_tokens && (a.state_bytes > 0) == (b.state_bytes > 0);
}

bool same_widths(const KvGroup& a, const KvGroup& b) {
  return a.bytes_per_token_k == b.bytes_per_token_k && a.bytes_per_token_v == b.bytes_per_token_v &&
         a.bytes_per_token_index == b.bytes_per_token_index && a.state_bytes == b.state_bytes &&
         a.flop_per_token_pair == b.flop_per_token_pair && a.flop_per_token_pair_step == b.flop_per_token_pair_step &&
         a.flop_per_token == b.flop_per_token;
}

void merge_widths(KvGroup& into, const KvGroup& g) {
  const double layers = double(into.layers) + g.layers;
  const auto mean = [&](double& a, double b) { a = (a * into.layers + b * g.layers) / layers; };
  mean(into.bytes_per_token_k, g.bytes_per_token_k);
  mean(into.bytes_per_token_v, g.bytes_per_token_v);
  mean(into.bytes_per_token_index, g.bytes_per_token_index);
  mean(into.state_bytes, g.state_bytes);
  mean(into.flop_per_token_pair, g.flop_per_token_pair);
  mean(into.flop_per_token_pair_step, g.flop_per_token_pair_step);
  mean(into.flop_per_token, g.flop_per_token);
  mean(into.index_flop_per_token_pair, g.index_flop_per_token_pair);
  into.layers += g.layers;
}

/// Entries of one layer that stand for tokens of the whole context; 0 for a sliding layer.
double long_entries(const KvGroup& g, double tokens) {
  if (g.compress_ratio > 0) return tokens / g.compress_ratio;
  return g.window > 0 ? 0 : tokens;
}

double capped_at(double entries, double most) { return most > 0 ? std::min(entries, most) : entries; }

/// Bytes of one group when windows are kept at their size, for all sequences together.
double allocated_capped(const KvGroup& g, double context, int sequences, const EnginePolicy& policy) {
  const double tokens = padded(context, policy.kv_block_tokens) * sequences;
  double bytes = long_entries(g, tokens) * g.bytes_per_token();
  if (g.window > 0) {
    const double wanted = double(g.window) * sequences + policy.prefill_chunk_tokens;
    bytes += padded(std::min(tokens, wanted), policy.kv_block_tokens) * (g.bytes_per_token_k + g.bytes_per_token_v);
  }
  return bytes * g.layers;
}

/// Bytes of one group when every layer gets whole pages of one size: a layer with narrower tokens puts more of them
/// on a page, as many times the block as fit.
/// From  vLLM's unified page size; Gemma 4 31B takes 60 pages of 16 x 16,384 B for its first token (hf-mem #61).
double allocated_in_pages(const KvGroup& g, double widest, double context, int sequences, int block) {
  const double width = g.bytes_per_token();
  if (width <= 0) return 0;
  const double page_tokens = std::max(1, block) * std::max(1.0, std::floor(widest / width));
  const double page_bytes = std::max(1, block) * widest;
  return std::ceil(context / page_tokens) * page_bytes * sequences * g.layers;
}

}  // namespace

void KvPlan::add(const KvGroup& group) {
  if (group.layers <= 0) return;
  KvGroup* like = nullptr;
  for (int i = 0; i < group_count; ++i) {
    KvGroup& g = groups[static_cast<std::size_t>(i)];
    if (!same_reach(g, group)) continue;
    if (same_widths(g, group)) {
      g.layers += group.layers;
      return;
    }
    like = &g;
  }
  if (group_count < static_cast<int>(groups.size())) {
    groups[static_cast<std::size_t>(group_count++)] = group;
    return;
  }
  // More kinds of layers than any known model has: the nearest group takes them with mean widths.
  merge_widths(like != nullptr ? *like : groups.back(), group);
}

double KvPlan::bytes_per_token_all_layers() const {
  double bytes = 0;
  for (int i = 0; i < group_count; ++i) {
    const KvGroup& g = groups[static_cast<std::size_t>(i)];
    if (g.stores) bytes += g.layers * g.bytes_per_token();
  }
  return bytes;
}

double KvPlan::bytes_per_token_full_layers() const {
  double bytes = 0;
  for (int i = 0; i < group_count; ++i) {
    const KvGroup& g = groups[static_cast<std::size_t>(i)];
    if (g.stores) bytes += g.layers * long_entries(g, 1) * g.bytes_per_token();
  }
  return bytes;
}

Bytes KvPlan::state_per_sequence() const {
  double bytes = 0;
  for (int i = 0; i < group_count; ++i) {
    const KvGroup& g = groups[static_cast<std::size_t>(i)];
    bytes += g.layers * g.state_bytes;
  }
  return {bytes};
}

Bytes KvPlan::read_at(double depth_tokens) const {
  double bytes = 0;
  for (int i = 0; i < group_count; ++i) {
    const KvGroup& g = groups[static_cast<std::size_t>(i)];
    const double far = long_entries(g, depth_tokens);
    const double near = g.window > 0 ? std::min(depth_tokens, double(g.window)) : 0;
    const double entries = capped_at(far, g.sparse_top_tokens) + near;
    bytes += g.layers * (entries * (g.bytes_per_token_k + g.bytes_per_token_v) + far * g.bytes_per_token_index +
                         2 * g.state_bytes);
  }
  return {bytes};
}

double causal_pairs(double new_tokens, double depth_tokens, double limit) {
  const double all = new_tokens * depth_tokens + new_tokens * (new_tokens + 1) / 2;
  if (limit <= 0) return all;
  const double growing = std::clamp(limit - depth_tokens, 0.0, new_tokens);
  return growing * depth_tokens + growing * (growing + 1) / 2 + (new_tokens - growing) * limit;
}

double KvPlan::attention_flop(double new_tokens, double depth_tokens) const {
  double flop = 0;
  for (int i = 0; i < group_count; ++i) {
    const KvGroup& g = groups[static_cast<std::size_t>(i)];
    const double per_pair = new_tokens <= 1 ? g.flop_per_token_pair_step : g.flop_per_token_pair;
    const double shrink = std::max(1, g.compress_ratio);
    double pairs = 0, indexed = 0;
    if (g.window > 0) pairs += causal_pairs(new_tokens, depth_tokens, g.window);
    if (g.window == 0 || g.compress_ratio > 0) {
      pairs += causal_pairs(new_tokens, depth_tokens, g.sparse_top_tokens * shrink) / shrink;
      indexed = causal_pairs(new_tokens, depth_tokens, 0) / shrink;
    }
    flop += g.layers * (pairs * per_pair + indexed * g.index_flop_per_token_pair + new_tokens * g.flop_per_token);
  }
  return flop;
}

KvPlan kv_plan(const Llm& model, const Format* kv_format) {
  const double element_bytes = kv_format != nullptr ? kv_format->bits.whole_model / 8 : 2;
  KvPlan plan;
  for (const LayerGroup& layer : model.layers) plan.add(group_of(layer, model.hidden_size, element_bytes));
  return plan;
}

Bytes kv_allocated(const KvPlan& plan, double context_tokens, int sequences, const EnginePolicy& policy) {
  double widest = 0;
  for (int i = 0; i < plan.group_count; ++i) {
    const KvGroup& g = plan.groups[static_cast<std::size_t>(i)];
    if (g.stores && g.compress_ratio == 0) widest = std::max(widest, g.bytes_per_token());
  }
  double bytes = plan.state_per_sequence().value * sequences;
  for (int i = 0; i < plan.group_count; ++i) {
    const KvGroup& g = plan.groups[static_cast<std::size_t>(i)];
    if (!g.stores) continue;
    const bool capped = policy.sliding_window_capped || g.compress_ratio > 0;
    bytes += capped ? allocated_capped(g, context_tokens, sequences, policy)
                    : allocated_in_pages(g, widest, context_tokens, sequences, policy.kv_block_tokens);
  }
  return {bytes};
}

}  // namespace rigwise
