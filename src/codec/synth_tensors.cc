#include "codec/synth_tensors.h"

#include <initializer_list>
#include <string_view>
#include <utility>

namespace rigwise {
namespace {

using enum GgufArchitecture;

/// GLM's largest members, and only they, normalise queries and keys; the width is what tells them apart.
constexpr int kWideGlm = 5120;

std::uint64_t wide(int width) { return static_cast<std::uint64_t>(width); }

class TensorList {
 public:
  explicit TensorList(const SynthShape& shape) : shape_(shape), model_(*shape.model), d_(model_.hidden_size) {
    post_norm_only_ = shape.architecture == gpt_oss || shape.architecture == glm4moe;
  }

  std::vector<SynthTensor> take() {
    add("token_embd.weight", {d_, model_.vocab_size}, TensorContent::own);
    if (shape_.rope_factors) vector("rope_freqs.weight", shape_.layers.front().head_dim / 2);
    for (const LayerGroup& layer : shape_.layers) one_layer(layer);
    for (int i = 0; i < shape_.nextn_layers; ++i) {
      nextn();
      one_layer(shape_.layers.back());
    }
    vector("output_norm.weight", d_);
    if (!model_.tied_embeddings) add("output.weight", {d_, model_.vocab_size});
    return std::move(tensors_);
  }

 private:
  void add(std::string name, std::initializer_list<int> shape, TensorContent content = TensorContent::shared) {
    std::vector<std::uint64_t> sizes;
    sizes.reserve(shape.size());
    for (const int size : shape) sizes.push_back(wide(size));
    tensors_.push_back({std::move(name), std::move(sizes), content});
  }
  void vector(std::string name, int size) { add(std::move(name), {size}, TensorContent::ones); }
  std::string named(std::string_view rest) const { return "blk." + std::to_string(layer_) + "." + std::string(rest); }
  void matrix(std::string_view rest, int input, int output) { add(named(rest) + ".weight", {input, output}); }
  void stack(std::string_view rest, int input, int output, int count) {
    add(named(rest) + ".weight", {input, output, count});
  }
  void norm(std::string_view rest, int size) { vector(named(rest) + ".weight", size); }
  void bias(std::string_view rest, int size) { add(named(rest) + ".bias", {size}, TensorContent::small); }

  void one_layer(const LayerGroup& g) {
    norm("attn_norm", d_);
    if (g.attention == AttentionKind::mla) {
      latent_attention(g);
    } else {
      attention(g);
    }
    norms_of_layer();
    if (g.ffn == FfnKind::moe) {
      experts(g);
    } else {
      feed_forward("", g.intermediate_size);
    }
    ++layer_;
  }

  void attention(const LayerGroup& g) {
    const int q = g.heads * g.head_dim, kv = g.kv_heads * g.head_dim;
    matrix("attn_q", d_, q);
    matrix("attn_k", d_, kv);
    matrix("attn_v", d_, kv);
    matrix("attn_output", q, d_);
    const GgufArchitecture a = shape_.architecture;
    if (a == qwen2 || a == gpt_oss || a == glm4moe) {
      bias("attn_q", q);
      bias("attn_k", kv);
      bias("attn_v", kv);
    }
    if (a == gpt_oss) {
      bias("attn_output", d_);
      add(named("attn_sinks") + ".weight", {g.heads}, TensorContent::small);
    }
    const bool by_head = a == qwen3 || a == qwen3moe || a == gemma3 || (a == glm4moe && d_ >= kWideGlm);
    if (by_head || a == minimax_m2) {
      norm("attn_q_norm", by_head ? g.head_dim : q);
      norm("attn_k_norm", by_head ? g.head_dim : kv);
    }
  }

  void latent_attention(const LayerGroup& g) {
    const int q = g.heads * (g.nope_dim + g.rope_dim);
    if (g.q_lora_rank > 0) {
      matrix("attn_q_a", d_, g.q_lora_rank);
      norm("attn_q_a_norm", g.q_lora_rank);
      matrix("attn_q_b", g.q_lora_rank, q);
    } else {
      matrix("attn_q", d_, q);
    }
    matrix("attn_kv_a_mqa", d_, g.kv_lora_rank + g.rope_dim);
    norm("attn_kv_a_norm", g.kv_lora_rank);
    stack("attn_k_b", g.nope_dim, g.kv_lora_rank, g.heads);
    stack("attn_v_b", g.kv_lora_rank, g.v_head_dim, g.heads);
    matrix("attn_output", g.heads * g.v_head_dim, d_);
  }

  void norms_of_layer() {
    if (post_norm_only_) {
      norm("post_attention_norm", d_);
      return;
    }
    norm("ffn_norm", d_);
    if (shape_.architecture == gemma3) {
      norm("post_attention_norm", d_);
      norm("post_ffw_norm", d_);
    }
  }

  void feed_forward(std::string_view suffix, int width) {
    const std::string ending(suffix);
    matrix("ffn_gate" + ending, d_, width);
    matrix("ffn_up" + ending, d_, width);
    matrix("ffn_down" + ending, width, d_);
  }

  void experts(const LayerGroup& g) {
    const int width = g.expert_intermediate_size;
    add(named("ffn_gate_inp") + ".weight", {d_, g.experts}, TensorContent::own);
    stack("ffn_gate_exps", d_, width, g.experts);
    stack("ffn_up_exps", d_, width, g.experts);
    stack("ffn_down_exps", width, d_, g.experts);
    if (shape_.sigmoid_router) bias("exp_probs_b", g.experts);
    if (shape_.architecture == gpt_oss) {
      bias("ffn_gate_inp", g.experts);
      add(named("ffn_gate_exps") + ".bias", {width, g.experts}, TensorContent::small);
      add(named("ffn_up_exps") + ".bias", {width, g.experts}, TensorContent::small);
      add(named("ffn_down_exps") + ".bias", {d_, g.experts}, TensorContent::small);
    }
    if (g.shared_intermediate_size > 0) feed_forward("_shexp", g.shared_intermediate_size);
  }

  /// What joins the next-token layer to the rest of the model.
  void nextn() {
    matrix("nextn.eh_proj", 2 * d_, d_);
    norm("nextn.enorm", d_);
    norm("nextn.hnorm", d_);
    norm("nextn.shared_head_norm", d_);
  }

  const SynthShape& shape_;
  const Llm& model_;
  int d_;
  int layer_ = 0;
  bool post_norm_only_ = false;  ///< the norm before the feed-forward part goes by post_attention_norm
  std::vector<SynthTensor> tensors_;
};

}  // namespace

std::vector<SynthTensor> synth_tensors(const SynthShape& shape) { return TensorList(shape).take(); }

}  // namespace rigwise
