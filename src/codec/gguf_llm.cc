#include "codec/gguf_llm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "codec/gguf_types.h"

namespace rigwise {
namespace {

constexpr double kMaxWidth = 1 << 26;

/// Layers that slide when the file does not say which: of every `period` layers the last is full (0: none is), as
/// llama.cpp's loader has it. Architectures that are not here ignore their window.
struct SlidingHabit {
  std::string_view architecture;
  int period;
};
constexpr std::array<SlidingHabit, 13> kSlidingHabits{{{"gemma2", 2},
                                                       {"gemma3", 6},
                                                       {"gemma3n", 5},
                                                       {"gemma-embedding", 6},
                                                       {"gpt-oss", 2},
                                                       {"cohere2", 4},
                                                       {"olmo2", 4},
                                                       {"exaone4", 4},
                                                       {"exaone-moe", 4},
                                                       {"afmoe", 4},
                                                       {"plamo3", 8},
                                                       {"smallthinker", 4},
                                                       {"deepseek4", 0}}};
constexpr int kLlama4Chunk = 8192;
constexpr int kLlama4Period = 4;

bool is_deltanet_architecture(std::string_view a) { return a == "qwen3next" || a.starts_with("qwen35"); }

/// Reads whole numbers from the metadata and remembers the first that cannot be a width or count.
class Keys {
 public:
  explicit Keys(const GgufHeader& header) : header_(header) {}

  int at(std::string_view key, std::size_t layer, int otherwise = 0) {
    const std::optional<double> value = header_.for_layer(key, layer);
    return value ? whole(*value, std::string(key)) : otherwise;
  }
  int one(std::string_view key, int otherwise = 0) {
    const std::optional<double> value = header_.number(key);
    return value ? whole(*value, std::string(key)) : otherwise;
  }
  int whole(double value, const std::string& what) {
    if (value >= 0 && value <= kMaxWidth && value == std::floor(value)) return static_cast<int>(value);
    if (!fault_) {
      fault_ = Error{ErrorCode::corrupt_data,
                     "this GGUF file has an impossible value for " + what,
                     header_.architecture() + what,
                     "a whole number from 0 to 67108864",
                     {}};
    }
    return 0;
  }
  const std::optional<Error>& fault() const { return fault_; }

 private:
  const GgufHeader& header_;
  std::optional<Error> fault_;
};

/// The ".weight" tensors of one layer by the rest of their name ("attn_q").
using LayerTensors = std::map<std::string_view, const HeaderTensor*>;

class Layers {
 public:
  Layers(const GgufHeader& header, int count) : tensors_(static_cast<std::size_t>(count)) {
    for (const HeaderTensor& tensor : header.tensors) {
      const LayerName name = layer_name(tensor.name, "blk.");
      if (name.layer < 0 || name.layer >= count || !name.rest.ends_with(".weight")) continue;
      tensors_[static_cast<std::size_t>(name.layer)][name.rest.substr(0, name.rest.size() - 7)] = &tensor;
    }
  }
  const LayerTensors& operator[](std::size_t layer) const { return tensors_[layer]; }

 private:
  std::vector<LayerTensors> tensors_;
};

bool has(const LayerTensors& t, std::string_view name) { return t.contains(name); }

bool is_recurrent(const LayerTensors& t) { return has(t, "ssm_conv1d") || has(t, "ssm_conv1d_q") || has(t, "ssm_in"); }

/// Size of a dimension (0: a matrix's input width) of the first of the named tensors that is there.
double dim(const LayerTensors& t, std::size_t d, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto found = t.find(name);
    if (found != t.end() && d < found->second->shape.size()) return static_cast<double>(found->second->shape[d]);
  }
  return 0;
}

/// Tokens a layer sees; 0: all.
class Windows {
 public:
  Windows(const GgufHeader& header, Keys& keys) : header_(header), architecture_(header.architecture()) {
    window_ = keys.one(".attention.sliding_window");
    const GgufValue* pattern = header.find(".attention.sliding_window_pattern");
    if (pattern != nullptr && pattern->kind == GgufValue::Kind::number) {
      period_ = keys.one(".attention.sliding_window_pattern");
    } else if (pattern == nullptr) {
      for (const SlidingHabit& habit : kSlidingHabits) {
        if (habit.architecture == architecture_) period_ = habit.period;
      }
    } else {
      by_layer_ = true;
    }
  }

  int at(std::size_t layer) const {
    if (architecture_ == "llama4") return is_local(layer, kLlama4Period) ? kLlama4Chunk : 0;
    if (window_ <= 0) return 0;
    if (by_layer_) return header_.for_layer(".attention.sliding_window_pattern", layer).value_or(0) != 0 ? window_ : 0;
    return period_ && is_local(layer, *period_) ? window_ : 0;
  }

 private:
  static bool is_local(std::size_t layer, int period) {
    return period == 0 || static_cast<int>(layer) % period < period - 1;
  }

  const GgufHeader& header_;
  std::string architecture_;
  int window_ = 0;
  std::optional<int> period_;
  bool by_layer_ = false;
};

void read_indexer(LayerGroup& g, Keys& keys) {
  g.index_dim = keys.one(".attention.indexer.key_length");
  g.index_heads = keys.one(".attention.indexer.head_count");
  g.index_topk = keys.one(".attention.indexer.top_k");
}

/// MLA as current converters write it: the cache is the latent. Older files without attn_k_b are run with expanded
/// heads, which is ordinary attention with wide keys as far as memory goes.
void read_mla(LayerGroup& g, const LayerTensors& t, Keys& keys) {
  const int key_length = keys.one(".attention.key_length_mla", keys.one(".attention.key_length"));
  const int value_length = keys.one(".attention.value_length_mla", keys.one(".attention.value_length"));
  g.rope_dim = keys.one(".rope.dimension_count");
  g.head_dim = key_length;
  g.v_head_dim = value_length;
  if (!has(t, "attn_k_b") && has(t, "attn_kv_b")) {
    g.attention = AttentionKind::full;
    g.kv_heads = g.heads;
    return;
  }
  g.attention = AttentionKind::mla;
  g.kv_heads = 1;
  g.kv_lora_rank = keys.one(".attention.kv_lora_rank");
  g.q_lora_rank = keys.whole(dim(t, 1, {"attn_q_a"}), " tensor attn_q_a");
  g.nope_dim = std::max(0, key_length - g.rope_dim);
  if (has(t, "indexer.attn_k")) {
    g.attention = AttentionKind::mla_sparse;
    read_indexer(g, keys);
  }
}

void read_recurrent(LayerGroup& g, const LayerTensors& t, Keys& keys, std::string_view architecture) {
  const int inner = keys.one(".ssm.inner_size");
  const int ranks = keys.one(".ssm.time_step_rank");
  g.conv_kernel = keys.one(".ssm.conv_kernel");
  if (is_deltanet_architecture(architecture)) {
    g.attention = AttentionKind::gated_deltanet;
    g.linear_key_heads = keys.one(".ssm.group_count");
    g.linear_value_heads = ranks;
    g.linear_key_dim = keys.one(".ssm.state_size");
    g.linear_value_dim = ranks > 0 ? inner / ranks : 0;
    return;
  }
  if (has(t, "ssm_beta")) {  // Kimi Linear: every head has its own state of kda.head_dim squared
    g.attention = AttentionKind::gated_deltanet;
    g.linear_key_heads = g.linear_value_heads = g.heads;
    g.linear_key_dim = g.linear_value_dim = keys.one(".kda.head_dim");
    return;
  }
  g.attention = AttentionKind::mamba2;
  g.ssm_state = keys.one(".ssm.state_size");
  // Mamba 1 keeps a state per channel and has no heads.
  const bool mamba1 = has(t, "ssm_x");
  g.ssm_heads = mamba1 ? inner : ranks;
  g.ssm_head_dim = mamba1 ? 1 : (ranks > 0 ? inner / ranks : 0);
  g.ssm_groups = mamba1 ? 0 : keys.one(".ssm.group_count");
}

void read_dot_product(LayerGroup& g, const LayerTensors& t, Keys& keys, std::size_t layer, int window, int hidden) {
  const bool local = window > 0;
  const int default_dim = g.heads > 0 ? hidden / g.heads : 0;
  const int key_length = keys.at(".attention.key_length", layer, default_dim);
  const int value_length = keys.at(".attention.value_length", layer, key_length);
  g.head_dim = local ? keys.one(".attention.key_length_swa", key_length) : key_length;
  const int local_value = g.head_dim == key_length ? value_length : g.head_dim;
  const int v = local ? keys.one(".attention.value_length_swa", local_value) : value_length;
  g.v_head_dim = v == g.head_dim ? 0 : v;
  g.kv_heads = keys.at(".attention.head_count_kv", layer, g.heads);
  g.window = window;
  g.attention = local ? AttentionKind::sliding : AttentionKind::full;
  g.shared_kv = has(t, "attn_k") && !has(t, "attn_v");
  g.attention_gate = has(t, "attn_q") && g.heads > 0 && dim(t, 1, {"attn_q"}) == 2.0 * g.heads * g.head_dim;
}

/// DeepSeek V4: one vector that is key and value, compressed beyond the window.
void read_compressed(LayerGroup& g, const LayerTensors& t, Keys& keys, std::size_t layer, int window) {
  g.head_dim = keys.one(".attention.key_length");
  g.kv_heads = 1;
  g.shared_kv = g.single_kv = true;
  g.window = window;
  g.q_lora_rank = keys.whole(dim(t, 1, {"attn_q_a"}), " tensor attn_q_a");
  g.o_lora_rank = keys.one(".attention.output_lora_rank");
  g.o_groups = keys.one(".attention.output_group_count");
  g.compress_ratio = keys.at(".attention.compress_ratios", layer);
  g.attention = g.compress_ratio > 0 ? AttentionKind::compressed_sparse : AttentionKind::sliding;
  if (has(t, "indexer.proj")) read_indexer(g, keys);
}

void read_attention(LayerGroup& g, const LayerTensors& t, Keys& keys, const GgufHeader& header, std::size_t layer,
                    int window, int hidden) {
  g.heads = keys.at(".attention.head_count", layer);
  if (has(t, "attn_kv_a_mqa")) return read_mla(g, t, keys);
  if (has(t, "cross_attn_q") || has(t, "cross_attn_q_proj")) {
    read_dot_product(g, t, keys, layer, 0, hidden);
    g.attention = AttentionKind::cross;
    return;
  }
  if (has(t, "attn_kv")) return read_compressed(g, t, keys, layer, window);
  // Qwen3-Next's recurrent layers have an attn_qkv too, so recurrence is looked for first.
  if (is_recurrent(t) && !has(t, "attn_k")) return read_recurrent(g, t, keys, header.architecture());
  if (has(t, "attn_q") || has(t, "attn_qkv") || has(t, "attn_k")) {
    return read_dot_product(g, t, keys, layer, window, hidden);
  }
  g.attention = AttentionKind::none;
  g.heads = 0;
  if (has(t, "shortconv.conv")) {
    g.attention = AttentionKind::shortconv;
    g.conv_kernel = keys.one(".shortconv.l_cache", 3);
  }
}

void read_ffn(LayerGroup& g, const LayerTensors& t, Keys& keys, int hidden) {
  g.ffn = FfnKind::none;
  g.intermediate_size = keys.whole(dim(t, 0, {"ffn_down"}), " tensor ffn_down");
  if (g.intermediate_size > 0) {
    g.ffn = FfnKind::dense;
    // A fused gate and up is one matrix twice as wide as down (Phi-3).
    g.ffn_gated = has(t, "ffn_gate") || dim(t, 1, {"ffn_up"}) == 2.0 * g.intermediate_size;
  }
  if (!has(t, "ffn_down_exps")) return;
  g.ffn = FfnKind::moe;
  g.dense_beside_moe = g.intermediate_size;
  g.intermediate_size = 0;
  g.ffn_gated = has(t, "ffn_gate_exps") || has(t, "ffn_gate_up_exps");
  g.experts = keys.whole(dim(t, 2, {"ffn_down_exps"}), " tensor ffn_down_exps");
  g.experts_per_token = keys.one(".expert_used_count", 1);
  g.expert_intermediate_size = keys.whole(dim(t, 0, {"ffn_down_exps"}), " tensor ffn_down_exps");
  const int width = keys.whole(dim(t, 1, {"ffn_down_exps"}), " tensor ffn_down_exps");
  g.expert_hidden_size = width == hidden ? 0 : width;
  g.shared_intermediate_size = keys.whole(dim(t, 0, {"ffn_down_shexp"}), " tensor ffn_down_shexp");
  if (g.shared_intermediate_size > 0) g.shared_experts = std::max(1, keys.one(".expert_shared_count", 1));
}

int vocabulary(const GgufHeader& header, Keys& keys) {
  for (const HeaderTensor& tensor : header.tensors) {
    if (tensor.name == "token_embd.weight" && tensor.shape.size() == 2) {
      return keys.whole(static_cast<double>(tensor.shape[1]), " tensor token_embd");
    }
  }
  return keys.one(".vocab_size");
}

bool has_tensor(const GgufHeader& header, std::string_view name) {
  return std::any_of(header.tensors.begin(), header.tensors.end(),
                     [name](const HeaderTensor& t) { return t.name == name; });
}

int unused_layers(const GgufHeader& header) {
  const double n = header.number(".nextn_predict_layers").value_or(0);
  return n >= 0 && n <= kMaxLayers ? static_cast<int>(n) : 0;
}

int layer_count(const GgufHeader& header) {
  const double n = header.number(".block_count").value_or(0);
  return n >= 1 && n <= kMaxLayers ? static_cast<int>(n) : 0;
}

int first_unused_layer(const GgufHeader& header) { return std::max(0, layer_count(header) - unused_layers(header)); }

Result<void> check_is_language_model(const GgufHeader& header) {
  const std::string architecture = header.architecture();
  const std::string type = header.text("general.type").value_or("model");
  if (architecture.empty()) {
    return fail({ErrorCode::corrupt_data,
                 "this GGUF file does not say its architecture",
                 "general.architecture",
                 "for a split model, give its first part (-00001-of-...) too",
                 {}});
  }
  if (architecture == "clip" || type == "mmproj" || type == "adapter" || type == "imatrix") {
    return fail(
        {ErrorCode::unsupported,
         "this GGUF file is no language model but a " + (type == "model" ? std::string("vision projector") : type),
         "general.architecture",
         "give the model's own file",
         {}});
  }
  if (layer_count(header) == 0) {
    return fail({ErrorCode::corrupt_data,
                 "this GGUF file does not say how many layers it has",
                 architecture + ".block_count",
                 "a number from 1 to 1024",
                 {}});
  }
  return {};
}

}  // namespace

Result<Llm> gguf_llm(const GgufHeader& header) {
  if (const Result<void> language_model = check_is_language_model(header); !language_model) {
    return fail(language_model.error());
  }
  Keys keys(header);
  Llm model;
  model.name = header.text("general.name").value_or(header.architecture());
  model.id = model.name;
  model.modality = {"text"};
  model.native_format = gguf_format_name(header);
  model.hidden_size = keys.one(".embedding_length");
  model.context_tokens = keys.one(".context_length");
  model.vocab_size = vocabulary(header, keys);
  model.tied_embeddings = !has_tensor(header, "output.weight");
  if (model.hidden_size <= 0) {
    return fail({ErrorCode::corrupt_data,
                 "this GGUF file does not say its width",
                 header.architecture() + ".embedding_length",
                 "a number from 1 up",
                 {}});
  }
  const int used = first_unused_layer(header);
  const int own_cache = used - keys.one(".attention.shared_kv_layers");
  const Layers tensors(header, used);
  const Windows windows(header, keys);
  LayerCollector layers;
  for (int i = 0; i < used; ++i) {
    const auto n = static_cast<std::size_t>(i);
    LayerGroup g;
    g.count = 1;
    read_attention(g, tensors[n], keys, header, n, windows.at(n), model.hidden_size);
    read_ffn(g, tensors[n], keys, model.hidden_size);
    const bool remembers = g.attention == AttentionKind::full || g.attention == AttentionKind::sliding;
    if (header.architecture() == "llama4" && g.window > 0) g.attention = AttentionKind::chunked;
    g.reuses_kv = remembers && i >= own_cache;
    layers.add(g);
    // A layer with attention and a recurrent half (Falcon-H1) is written as two.
    if (remembers && is_recurrent(tensors[n])) {
      LayerGroup half;
      half.count = 1;
      half.ffn = FfnKind::none;
      read_recurrent(half, tensors[n], keys, header.architecture());
      layers.add(half);
    }
  }
  if (keys.fault()) return fail(*keys.fault());
  model.layers = layers.take();
  complete_from_shape(model);
  return model;
}

TensorPlace gguf_tensor_place(std::string_view name, int first_unused) {
  if (name == "token_embd.weight") return {"embedding", -1};
  if (name == "per_layer_token_embd.weight" || name.find(".engram_embd.") != name.npos)
    return {"per_layer_embeddings", -1};
  if (name == "output.weight") return {"output", -1};
  if (name.starts_with("v.") || name.starts_with("mm.") || name.starts_with("a.")) return {"extra", -1};
  const LayerName at = layer_name(name, "blk.");
  if (at.layer < 0) return {"norms", -1};
  if (at.layer >= first_unused || at.rest.starts_with("nextn.")) return {"extra", at.layer};
  const std::string_view rest = at.rest.substr(0, at.rest.rfind('.'));  // without ".weight", ".bias", ".scale"
  if (rest.ends_with("norm") || rest.ends_with("_norm_1") || rest.ends_with("_norm_2")) return {"norms", at.layer};
  if (rest.ends_with("_exps")) return {"routed_experts", at.layer};
  if (rest.ends_with("_shexp") || rest.starts_with("ffn_latent")) return {"shared_experts", at.layer};
  if (rest.starts_with("ffn_gate_inp") || rest.starts_with("exp_probs") || rest == "ffn_gate_tid2eid") {
    return {"router", at.layer};
  }
  if (rest.starts_with("ffn")) return {"dense_ffn", at.layer};
  return {"attention", at.layer};
}

WeightPlan gguf_weight_plan(const GgufHeader& header, const Llm& shape) {
  const int first_unused = first_unused_layer(header);
  PlanFromTensors plan(shape, true);
  for (const HeaderTensor& tensor : header.tensors) plan.add(tensor, gguf_tensor_place(tensor.name, first_unused));
  return plan.finish(true);
}

std::string gguf_format_name(const GgufHeader& header) {
  const double file_type = header.number("general.file_type").value_or(-1);
  if (file_type >= 0 && file_type < 1024) {
    if (const auto name = gguf_file_type_name(static_cast<std::uint32_t>(file_type))) return std::string(*name);
  }
  std::map<std::string_view, std::uint64_t> bytes;
  for (const HeaderTensor& tensor : header.tensors) bytes[tensor.type] += tensor.bytes;
  const auto most = std::max_element(bytes.begin(), bytes.end(), [](auto& a, auto& b) { return a.second < b.second; });
  return most == bytes.end() ? std::string() : std::string(most->first);
}

}  // namespace rigwise
