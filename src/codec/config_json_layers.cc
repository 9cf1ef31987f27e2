// The layers of a decoder from its config.json. Two questions per layer: what does it attend with, and what is its FFN.
// Lists in the config decide (layer_types, hybrid_override_pattern); without one, intervals and each family's habit do.
#include <algorithm>
#include <array>

#include "codec/config_json_keys.h"
#include "codec/header_plan.h"
#include "core/facts/llm.h"

namespace rigwise {
namespace {

/// Families whose sliding layers follow a period that their config may leave out.
struct Habit {
  std::string_view model_type;
  int period;  ///< the last of so many layers is full; 1: none slides; 0: all slide
};
constexpr std::array<Habit, 15> kHabits{{{"gemma2", 2},
                                         {"gemma3_text", 6},
                                         {"gemma3", 6},
                                         {"gemma3n_text", 5},
                                         {"gemma3n", 5},
                                         {"cohere2", 4},
                                         {"gpt_oss", 2},
                                         {"olmo3", 4},
                                         {"exaone4", 4},
                                         {"mistral", 0},
                                         {"mixtral", 0},
                                         {"phi3", 0},
                                         {"phimoe", 0},
                                         {"starcoder2", 0},
                                         {"ministral", 0}}};

constexpr std::string_view kPlainMlp[] = {"nemotron",   "nemotron_h", "gpt2",        "gpt_neox", "phi",
                                          "starcoder2", "falcon",     "gpt_bigcode", "opt",      "bloom",
                                          "mpt",        "gptj",       "codegen",     "gpt_neo",  "persimmon"};

bool is_plain_mlp(std::string_view model_type) {
  return std::find(std::begin(kPlainMlp), std::end(kPlainMlp), model_type) != std::end(kPlainMlp);
}

int rounded_up(int n, int step) { return step > 0 ? (n + step - 1) / step * step : n; }

enum class Mixer { full, sliding, chunked, linear, mamba, conv, cross, none, unknown };

Mixer mixer_of(std::string_view word) {
  if (word == "full_attention" || word == "attention" || word == "global_attention" || word == "global") {
    return Mixer::full;
  }
  if (word == "sliding_attention" || word == "sliding_window" || word == "local_attention") return Mixer::sliding;
  if (word == "chunked_attention") return Mixer::chunked;
  if (word == "linear_attention") return Mixer::linear;
  if (word == "mamba" || word == "mamba2" || word == "M") return Mixer::mamba;
  if (word == "conv" || word == "short_conv") return Mixer::conv;
  return Mixer::unknown;
}

/// Reads the layers of one decoder.
class DecoderLayers {
 public:
  DecoderLayers(ConfigKeys& keys, std::string_view model_type, int hidden, int count)
      : keys_(keys),
        model_type_(model_type),
        hidden_(hidden),
        count_(count),
        types_(keys.texts({"layer_types", "layers_block_type", "block_types"})),
        pattern_(keys.text({"hybrid_override_pattern"})),
        window_(window()),
        own_cache_(count - keys.whole({"num_kv_shared_layers"})) {
    for (const Habit& habit : kHabits) {
      if (habit.model_type == model_type) period_ = habit.period;
    }
    const auto* pattern = keys.find({"sliding_window_pattern", "_sliding_window_pattern"});
    if (pattern != nullptr && pattern->is_number()) {
      period_ = keys.whole({"sliding_window_pattern", "_sliding_window_pattern"});
    }
  }

  std::vector<LayerGroup> read() {
    LayerCollector layers;
    for (int i = 0; i < count_; ++i) {
      LayerGroup g;
      g.count = 1;
      read_mixer(g, i);
      read_ffn(g, i);
      layers.add(g);
    }
    return layers.take();
  }

 private:
  int window() {
    if (keys_.has({"use_sliding_window"}) && !keys_.flag({"use_sliding_window"})) return 0;
    const int window = keys_.whole({"sliding_window", "sliding_window_size"});
    const int context = keys_.whole({"max_position_embeddings"});
    return context > 0 && window >= context ? 0 : window;
  }

  Mixer mixer(int i) {
    const auto n = static_cast<std::size_t>(i);
    if (!pattern_.empty()) return pattern_mixer(n);
    if (keys_.has({"compress_ratios"})) return Mixer::full;  // the ratios say what the layer is
    if (const auto* kimi = keys_.find({"linear_attn_config"})) {
      return ConfigKeys(*kimi).lists({"kda_layers"}, i + 1) ? Mixer::linear : Mixer::full;  // counted from 1
    }
    if (!types_.empty()) {
      const Mixer mixer = n < types_.size() ? mixer_of(types_[n]) : Mixer::unknown;
      if (mixer == Mixer::unknown) {
        keys_.refuse({ErrorCode::unsupported,
                      "config.json has a kind of layer that is not known: \"" +
                          (n < types_.size() ? types_[n].substr(0, 60) : "nothing for layer " + std::to_string(i)) +
                          "\"",
                      "layer_types",
                      "full, sliding, chunked, linear attention, mamba or conv",
                      {}});
      }
      return mixer;
    }
    if (keys_.has({"cross_attention_layers"}) && keys_.lists({"cross_attention_layers"}, i)) return Mixer::cross;
    if (const int interval = keys_.whole({"full_attention_interval"}); interval > 0) {
      return (i + 1) % interval == 0 ? Mixer::full : Mixer::linear;
    }
    if (keys_.has({"attn_layer_indices"})) return keys_.lists({"attn_layer_indices"}, i) ? Mixer::full : Mixer::mamba;
    if (keys_.has({"full_attn_idxs"})) return keys_.lists({"full_attn_idxs"}, i) ? Mixer::full : Mixer::conv;
    if (keys_.has({"attention_chunk_size"})) {
      // Llama 4: the layers without rotary positions see everything.
      const int step = std::max(1, keys_.whole({"no_rope_layer_interval"}, 4));
      return (i + 1) % step == 0 ? Mixer::full : Mixer::chunked;
    }
    if (window_ <= 0) return Mixer::full;
    return period_ == 0 || (period_ > 1 && i % period_ < period_ - 1) ? Mixer::sliding : Mixer::full;
  }

  Mixer pattern_mixer(std::size_t n) {
    const char c = n < pattern_.size() ? pattern_[n] : '?';
    if (c == 'M') return Mixer::mamba;
    if (c == '*') return Mixer::full;
    if (c == '-' || c == 'E') return Mixer::none;
    keys_.refuse({ErrorCode::unsupported,
                  "config.json has a layer of a kind that is not known",
                  "hybrid_override_pattern",
                  "one of M * - E for each layer",
                  {}});
    return Mixer::unknown;
  }

  void read_mixer(LayerGroup& g, int i) {
    switch (mixer(i)) {
      case Mixer::full: return read_attention(g, i, 0);
      case Mixer::sliding: return read_attention(g, i, window_);
      case Mixer::chunked:
        read_attention(g, i, keys_.whole({"attention_chunk_size"}, 8192));
        g.attention = AttentionKind::chunked;
        return;
      case Mixer::cross:
        read_attention(g, i, 0);
        g.attention = AttentionKind::cross;
        return;
      case Mixer::linear: return read_deltanet(g);
      case Mixer::mamba: return read_mamba(g);
      case Mixer::conv:
        g.attention = AttentionKind::shortconv;
        g.conv_kernel = keys_.whole({"conv_L_cache"}, 3);
        return;
      case Mixer::none:
      case Mixer::unknown: g.attention = AttentionKind::none; return;
    }
  }

  void read_attention(LayerGroup& g, int i, int window) {
    g.heads = keys_.whole({"num_attention_heads", "n_head", "n_heads", "num_heads"});
    if (keys_.whole({"kv_lora_rank"}) > 0) return read_mla(g);
    const bool global = window == 0;
    const int otherwise = keys_.flag({"multi_query"}) ? 1 : g.heads;
    const int usual = keys_.whole_at({"num_key_value_heads", "multi_query_group_num", "n_head_kv", "num_kv_heads"},
                                     static_cast<std::size_t>(i), otherwise);
    g.kv_heads = global ? keys_.whole({"num_global_key_value_heads"}, usual) : usual;
    const int head_dim =
        keys_.whole({"head_dim", "attention_head_dim", "kv_channels"}, g.heads > 0 ? hidden_ / g.heads : 0);
    g.head_dim = global ? keys_.whole({"global_head_dim"}, head_dim) : head_dim;
    g.v_head_dim = keys_.whole({"v_head_dim"});
    if (g.v_head_dim == g.head_dim) g.v_head_dim = 0;
    g.window = window;
    g.attention = global ? AttentionKind::full : AttentionKind::sliding;
    g.shared_kv = global && keys_.flag({"attention_k_eq_v"});
    g.attention_gate = keys_.flag({"attn_output_gate"}, model_type_.starts_with("qwen3_next"));
    g.reuses_kv = i >= own_cache_;
    if (keys_.has({"compress_ratios"})) read_compressed(g, i);
  }

  void read_mla(LayerGroup& g) {
    g.attention = AttentionKind::mla;
    g.kv_heads = 1;
    g.kv_lora_rank = keys_.whole({"kv_lora_rank"});
    g.q_lora_rank = keys_.whole({"q_lora_rank"});
    g.rope_dim = keys_.whole({"qk_rope_head_dim"});
    g.nope_dim = keys_.whole({"qk_nope_head_dim"});
    g.head_dim = g.rope_dim + g.nope_dim;
    g.v_head_dim = keys_.whole({"v_head_dim"});
    if (keys_.whole({"index_head_dim"}) <= 0) return;
    g.attention = AttentionKind::mla_sparse;
    read_indexer(g);
  }

  void read_indexer(LayerGroup& g) {
    g.index_dim = keys_.whole({"index_head_dim"});
    g.index_heads = keys_.whole({"index_n_heads"});
    g.index_topk = keys_.whole({"index_topk"});
  }

  /// DeepSeek V4: one vector for key and value; ratio 0 or 1 only slides, 4 has an indexer, 128 has none.
  void read_compressed(LayerGroup& g, int i) {
    const int ratio = keys_.whole_at({"compress_ratios"}, static_cast<std::size_t>(i));
    g.kv_heads = 1;
    g.window = keys_.whole({"sliding_window"}, 128);
    g.shared_kv = g.single_kv = true;
    g.q_lora_rank = keys_.whole({"q_lora_rank"});
    g.o_lora_rank = keys_.whole({"o_lora_rank"});
    g.o_groups = keys_.whole({"o_groups"});
    g.rope_dim = keys_.whole({"qk_rope_head_dim"});
    g.attention = ratio > 1 ? AttentionKind::compressed_sparse : AttentionKind::sliding;
    g.compress_ratio = ratio > 1 ? ratio : 0;
    if (ratio == 4) read_indexer(g);
  }

  void read_deltanet(LayerGroup& g) {
    g.attention = AttentionKind::gated_deltanet;
    if (const auto* kimi = keys_.find({"linear_attn_config"})) {
      ConfigKeys kda(*kimi);
      g.linear_key_heads = g.linear_value_heads = kda.whole({"num_heads"});
      g.linear_key_dim = g.linear_value_dim = kda.whole({"head_dim"});
      g.conv_kernel = kda.whole({"short_conv_kernel_size"}, 4);
      if (kda.fault()) keys_.refuse(*kda.fault());
      return;
    }
    g.linear_key_heads = keys_.whole({"linear_num_key_heads"});
    g.linear_value_heads = keys_.whole({"linear_num_value_heads"});
    g.linear_key_dim = keys_.whole({"linear_key_head_dim"});
    g.linear_value_dim = keys_.whole({"linear_value_head_dim"});
    g.conv_kernel = keys_.whole({"linear_conv_kernel_dim"}, 4);
    if (g.linear_value_heads == 0) {
      keys_.refuse({ErrorCode::unsupported,
                    "config.json has linear attention of a kind that is not known",
                    "layer_types",
                    "gated DeltaNet with linear_num_value_heads",
                    {}});
    }
  }

  void read_mamba(LayerGroup& g) {
    g.attention = AttentionKind::mamba2;
    g.ssm_heads = keys_.whole({"mamba_num_heads", "mamba_n_heads"});
    g.ssm_head_dim = keys_.whole({"mamba_head_dim", "mamba_d_head"});
    g.ssm_state = keys_.whole({"ssm_state_size", "mamba_d_state"}, 128);
    g.ssm_groups = keys_.whole({"n_groups", "mamba_n_groups"}, 1);
    g.conv_kernel = keys_.whole({"conv_kernel", "mamba_d_conv"}, 4);
    // Granite leaves the head width to the expansion factor.
    if (g.ssm_head_dim == 0 && g.ssm_heads > 0) {
      g.ssm_head_dim = std::min(16, keys_.whole({"mamba_expand", "expand"}, 2)) * hidden_ / g.ssm_heads;
    }
    if (g.ssm_heads == 0) {
      keys_.refuse({ErrorCode::unsupported,
                    "config.json has recurrent layers of a kind that is not known",
                    "layer_types",
                    "Mamba-2 with its number of heads",
                    {}});
    }
  }

  bool is_moe_layer(int i, int experts) {
    if (experts <= 0) return false;
    if (!pattern_.empty()) return pattern_[static_cast<std::size_t>(i)] == 'E';
    if (i < keys_.whole({"first_k_dense_replace", "num_dense_layers", "moe_layer_start_index"})) return false;
    if (keys_.lists({"mlp_only_layers"}, i)) return false;
    const int step = std::max(
        1,
        keys_.whole({"interleave_moe_layer_step", "decoder_sparse_step", "moe_layer_freq", "moe_layer_interval"}, 1));
    return (i + 1) % step == 0;
  }

  void read_ffn(LayerGroup& g, int i) {
    const int experts = keys_.whole({"num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"});
    g.ffn_gated = !is_plain_mlp(model_type_);
    int width = keys_.whole_at({"intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "n_inner"},
                               static_cast<std::size_t>(i), 4 * hidden_);
    // LFM2 states the width before its two-thirds rule.
    if (keys_.flag({"block_auto_adjust_ff_dim"}))
      width = rounded_up(width * 2 / 3, keys_.whole({"block_multiple_of"}, 1));
    if (!pattern_.empty() && pattern_[static_cast<std::size_t>(i)] != '-' && !is_moe_layer(i, experts)) {
      g.ffn = FfnKind::none;
    } else if (is_moe_layer(i, experts)) {
      read_moe(g, experts);
      // Gemma 4 runs a dense MLP beside the experts.
      if (keys_.flag({"enable_moe_block"})) g.dense_beside_moe = width;
    } else {
      g.ffn = FfnKind::dense;
      g.intermediate_size = width;
    }
  }

  void read_moe(LayerGroup& g, int experts) {
    g.ffn = FfnKind::moe;
    g.experts = experts;
    g.experts_per_token = keys_.whole(
        {"num_experts_per_tok", "experts_per_token", "num_experts_per_token", "moe_k", "top_k_experts", "moe_topk"}, 1);
    g.expert_intermediate_size =
        keys_.whole({"moe_intermediate_size", "expert_intermediate_size", "moe_ffn_hidden_size", "intermediate_size"});
    const int latent = keys_.whole({"moe_latent_size"});
    g.expert_hidden_size = latent == hidden_ ? 0 : latent;
    g.shared_experts =
        keys_.whole({"n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"});
    if (model_type_.starts_with("llama4")) g.shared_experts = 1;
    g.shared_intermediate_size = keys_.whole(
        {"shared_expert_intermediate_size", "moe_shared_expert_intermediate_size", "shared_intermediate_size"},
        keys_.product(g.shared_experts, g.expert_intermediate_size, "n_shared_experts"));
    if (g.shared_intermediate_size > 0) g.shared_experts = std::max(1, g.shared_experts);
  }

  ConfigKeys& keys_;
  std::string_view model_type_;
  int hidden_, count_;
  std::vector<std::string> types_;
  std::string pattern_;
  int window_ = 0;
  int period_ = 1;
  int own_cache_ = 0;
};

}  // namespace

std::vector<LayerGroup> config_layers(ConfigKeys& keys, std::string_view model_type, int hidden_size, int layer_count) {
  return DecoderLayers(keys, model_type, hidden_size, layer_count).read();
}

}  // namespace rigwise
