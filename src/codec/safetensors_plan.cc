// Hugging Face tensor names -> tensor classes. Names differ by family, so the words that matter are looked for in the
// part behind the layer number; what is left over belongs to attention.
#include <algorithm>
#include <map>

#include "codec/safetensors.h"

namespace rigwise {
namespace {

bool contains(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

template <std::size_t N>
bool contains_any(std::string_view text, const std::string_view (&words)[N]) {
  return std::any_of(std::begin(words), std::end(words), [text](std::string_view w) { return contains(text, w); });
}

/// Encoders of images and sound, their projectors, and next-token predictors.
constexpr std::string_view kExtra[] = {"vision",        "visual",      "audio_tower",    "multi_modal_projector",
                                       "image_newline", "projector.",  "mm_projector",   "mtp.",
                                       "embed_vision",  "embed_audio", "speech_encoder", "image_encoder"};
constexpr std::string_view kTables[] = {"embed_tokens.", "tok_embeddings.", "word_embeddings.", "wte.",
                                        "embedding.weight"};
constexpr std::string_view kRouters[] = {"mlp.gate.", "mlp.router",         "router.",     "block_sparse_moe.gate",
                                         "moe.gate.", "gate.e_score",       "expert_bias", "mixer.gate.",
                                         "ffn.gate.", "feed_forward.gate.", "moe_statics", "shared_expert_gate"};

/// The layer number behind the first "layers." (or "h.", "blocks.") and the rest of the name.
LayerName hf_layer(std::string_view name) {
  for (const std::string_view word : {"layers.", "blocks.", "h."}) {
    for (std::size_t at = name.find(word); at != name.npos; at = name.find(word, at + 1)) {
      if (at > 0 && name[at - 1] != '.') continue;
      const LayerName found = layer_name(name.substr(at), word);
      if (found.layer >= 0) return found;
    }
  }
  return {};
}

bool is_norm(std::string_view rest) {
  return contains(rest, "norm") || rest.starts_with("ln_") || contains(rest, "layer_scalar") || contains(rest, "ln_1");
}

std::string_view layer_class(std::string_view rest, bool moe) {
  if (is_norm(rest)) return "norms";
  if (contains(rest, "shared_expert_gate")) return "router";
  if (contains(rest, "shared_expert") || contains(rest, "shared_mlp")) return "shared_experts";
  if (moe && contains_any(rest, kRouters) && !contains(rest, "gate_proj") && !contains(rest, "gate_up"))
    return "router";
  if (contains(rest, "experts.") || contains(rest, "experts_") || rest.ends_with("experts")) return "routed_experts";
  if (moe && (contains(rest, "input_linear") || contains(rest, "output_linear"))) return "routed_experts";
  for (const std::string_view ffn : {"mlp", "feed_forward", "ffn", "fc1", "fc2"}) {
    if (contains(rest, ffn)) return "dense_ffn";
  }
  return "attention";
}

bool is_packed(std::string_view dtype) {
  return dtype == "I32" || dtype == "U32" || dtype == "U8" || dtype == "I8" || dtype == "F8_E8M0" || dtype == "I64";
}

}  // namespace

TensorPlace safetensors_tensor_place(std::string_view name, int first_unused, bool moe) {
  if (contains_any(name, kExtra)) return {"extra", -1};
  const LayerName at = hf_layer(name);
  if (at.layer < 0) {
    if (contains(name, "embed_tokens_per_layer")) return {"per_layer_embeddings", -1};
    if (contains_any(name, kTables)) return {"embedding", -1};
    if (contains(name, "lm_head") || name.starts_with("output.") || name.starts_with("head.")) return {"output", -1};
    return {"norms", -1};
  }
  if (at.layer >= first_unused) return {"extra", at.layer};
  return {layer_class(at.rest, moe), at.layer};
}

WeightPlan safetensors_weight_plan(const SafetensorsHeader& header, const Llm& shape) {
  PlanFromTensors plan(shape, false);
  const int first_unused = shape.has_shape() ? shape.depth() : kMaxLayers;
  bool packed = false;
  for (const HeaderTensor& tensor : header.tensors) {
    plan.add(tensor, safetensors_tensor_place(tensor.name, first_unused, shape.is_moe()));
    packed = packed || (is_packed(tensor.type) && tensor.bytes > (1u << 20));
  }
  return plan.finish(!packed);
}

std::string safetensors_dtype_name(const SafetensorsHeader& header) {
  std::map<std::string_view, std::uint64_t> bytes;
  for (const HeaderTensor& tensor : header.tensors) bytes[tensor.type] += tensor.bytes;
  const auto most = std::max_element(bytes.begin(), bytes.end(), [](auto& a, auto& b) { return a.second < b.second; });
  if (most == bytes.end()) return {};
  if (most->first == "BF16") return "bf16";
  if (most->first == "F16") return "f16";
  if (most->first == "F32") return "f32";
  return most->first.starts_with("F8_E4M3") || most->first == "F8_E5M2" ? "fp8" : "";
}

}  // namespace rigwise
