#include "codec/synth_keys.h"

#include <string_view>
#include <vector>

namespace rigwise {
namespace {

using enum GgufArchitecture;

/// The architecture's own keys, all under its name.
class Keys {
 public:
  Keys(GgufHeaderBytes& header, std::string_view architecture) : header_(header), prefix_(architecture) {
    prefix_ += '.';
  }
  void number(std::string_view key, int value) { header_.number(named(key), static_cast<std::uint32_t>(value)); }
  void real(std::string_view key, double value) { header_.real(named(key), value); }
  void flag(std::string_view key, bool value) { header_.flag(named(key), value); }
  void text(std::string_view key, std::string_view value) { header_.text(named(key), value); }

 private:
  std::string named(std::string_view key) const { return prefix_ + std::string(key); }

  GgufHeaderBytes& header_;
  std::string prefix_;
};

double rotation_base(GgufArchitecture architecture) {
  switch (architecture) {
    case llama: return 5e5;
    case gpt_oss: return 1.5e5;
    case deepseek2: return 1e4;
    case minimax_m2: return 5e6;
    default: return 1e6;
  }
}

/// Elements of a head that rotate: GLM-4.5 and MiniMax-M2 rotate half of theirs.
int rotated(const SynthShape& shape, const LayerGroup& layer) {
  if (shape.architecture == deepseek2) return layer.rope_dim;
  const bool half = shape.architecture == glm4moe || shape.architecture == minimax_m2;
  return half ? layer.head_dim / 2 : layer.head_dim;
}

/// feed_forward_length: of the dense layers, where there are some; else what the experts of a token add up to
/// (Qwen3), or one expert's (others; MiniMax-M2's loader takes the experts' width from here).
int feed_forward(const SynthShape& shape) {
  for (const LayerGroup& g : shape.model->layers) {
    if (g.ffn == FfnKind::dense) return g.intermediate_size;
  }
  const LayerGroup& g = shape.model->layers.front();
  return shape.architecture == qwen3moe ? g.expert_intermediate_size * g.experts_per_token : g.expert_intermediate_size;
}

void attention_keys(Keys& keys, const SynthShape& shape) {
  const LayerGroup& layer = shape.layers.front();
  keys.number("attention.head_count", layer.heads);
  keys.real("attention.layer_norm_rms_epsilon", shape.architecture == gpt_oss ? 1e-5 : 1e-6);
  keys.real("rope.freq_base", rotation_base(shape.architecture));
  keys.number("rope.dimension_count", rotated(shape, layer));
  if (shape.architecture == deepseek2) {
    // The cache holds one latent vector a token, as if there were one wide head.
    keys.number("attention.head_count_kv", 1);
    keys.number("attention.key_length", layer.kv_lora_rank + layer.rope_dim);
    keys.number("attention.value_length", layer.kv_lora_rank);
    keys.number("attention.key_length_mla", layer.nope_dim + layer.rope_dim);
    keys.number("attention.value_length_mla", layer.v_head_dim);
    keys.number("attention.kv_lora_rank", layer.kv_lora_rank);
    if (layer.q_lora_rank > 0) keys.number("attention.q_lora_rank", layer.q_lora_rank);
    return;
  }
  keys.number("attention.head_count_kv", layer.kv_heads);
  keys.number("attention.key_length", layer.head_dim);
  keys.number("attention.value_length", layer.head_dim);
  for (const LayerGroup& g : shape.model->layers) {
    if (g.attention == AttentionKind::sliding) {
      keys.number("attention.sliding_window", g.window);
      break;
    }
  }
}

void expert_keys(Keys& keys, const SynthShape& shape, const LayerGroup& moe) {
  constexpr int kSoftmax = 1, kSigmoid = 2;
  keys.number("expert_count", moe.experts);
  keys.number("expert_used_count", moe.experts_per_token);
  if (shape.architecture == llama) return;  // Mixtral's experts are as wide as feed_forward_length says
  keys.number("expert_feed_forward_length", moe.expert_intermediate_size);
  const bool has_dense_first = shape.architecture == deepseek2 || shape.architecture == glm4moe;
  if (has_dense_first) {
    keys.number("leading_dense_block_count", shape.dense_layers);
    keys.number("expert_shared_count", moe.shared_experts);
    keys.flag("expert_weights_norm", shape.sigmoid_router);
    keys.real("expert_weights_scale", shape.sigmoid_router ? 2.5 : 1.0);
  }
  if (has_dense_first || shape.architecture == minimax_m2) {
    keys.number("expert_gating_func", shape.sigmoid_router ? kSigmoid : kSoftmax);
  }
  if (shape.nextn_layers > 0) keys.number("nextn_predict_layers", shape.nextn_layers);
}

/// U+0000..U+07FF as UTF-8.
std::string utf8(unsigned point) {
  if (point < 0x80) return {static_cast<char>(point)};
  return {static_cast<char>(0xC0 | (point >> 6)), static_cast<char>(0x80 | (point & 0x3F))};
}

/// The 256 one-byte tokens of byte-level BPE: printable bytes stand for themselves, the others for the letters from
/// U+0100 on, so that every token is text.
std::vector<std::string> byte_alphabet() {
  std::vector<std::string> letters;
  letters.reserve(256);
  unsigned next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    letters.push_back(utf8(printable ? byte : next++));
  }
  return letters;
}

/// Five letters that count: "aaaaa", "aaaab". No real marker of any model looks so.
std::string filler(int number) {
  constexpr int kLetters = 26;
  std::string word(5, 'a');
  for (auto at = word.rbegin(); at != word.rend(); ++at) {
    *at = static_cast<char>('a' + number % kLetters);
    number /= kLetters;
  }
  return word;
}

/// A tokenizer for which every byte of a prompt is a token, and every answer is letters. One token ends a text; clients
/// that want an exact length say ignore_eos.
void tokenizer_keys(GgufHeaderBytes& header, int vocab_size) {
  constexpr std::int32_t kNormal = 1, kControl = 3;
  std::vector<std::string> tokens = byte_alphabet();
  tokens.resize(static_cast<std::size_t>(vocab_size));
  for (int i = 256; i < vocab_size - 2; ++i) tokens[static_cast<std::size_t>(i)] = filler(i);
  std::vector<std::int32_t> types(tokens.size(), kNormal);
  const std::size_t begin = tokens.size() - 2, end = tokens.size() - 1;
  tokens[begin] = "[synthetic begin]";
  tokens[end] = "[synthetic end]";
  types[begin] = types[end] = kControl;
  header.text("tokenizer.ggml.model", "gpt2");
  header.text("tokenizer.ggml.pre", "default");
  header.texts("tokenizer.ggml.tokens", tokens);
  header.numbers("tokenizer.ggml.token_type", types);
  // The reader wants a list; this pair of control bytes stands in no prompt.
  header.texts("tokenizer.ggml.merges", {tokens[0] + " " + tokens[1]});
  header.number("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(begin));
  header.number("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(end));
  header.flag("tokenizer.ggml.add_bos_token", false);
  header.text("tokenizer.chat_template",
              "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n"
              "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
}

}  // namespace

void add_synth_keys(GgufHeaderBytes& header, const SynthShape& shape, const SynthLabels& labels) {
  constexpr std::uint32_t kQuantizationVersion = 2;
  const std::string_view architecture = gguf_architecture_name(shape.architecture);
  header.text("general.architecture", architecture);
  header.text("general.type", "model");
  header.text("general.name", labels.name);
  header.text("rigwise.synthetic", labels.origin);
  header.number("general.file_type", labels.file_type);
  header.number("general.quantization_version", kQuantizationVersion);
  Keys keys(header, architecture);
  keys.number("block_count", shape.block_count());
  keys.number("context_length", shape.model->context_tokens);
  keys.number("embedding_length", shape.model->hidden_size);
  keys.number("feed_forward_length", feed_forward(shape));
  keys.number("vocab_size", shape.model->vocab_size);
  attention_keys(keys, shape);
  if (const LayerGroup* moe = shape.moe()) expert_keys(keys, shape, *moe);
  if (shape.architecture == gpt_oss) {
    keys.text("rope.scaling.type", "yarn");
    keys.real("rope.scaling.factor", 32);
    keys.number("rope.scaling.original_context_length", 4096);
  }
  tokenizer_keys(header, shape.model->vocab_size);
}

}  // namespace rigwise
