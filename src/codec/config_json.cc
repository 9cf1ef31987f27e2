#include "codec/config_json.h"

#include <algorithm>
#include <array>

#include "codec/config_json_keys.h"
#include "codec/header_plan.h"

namespace rigwise {
namespace {

constexpr std::size_t kMaxConfigBytes = 1 << 20;

/// Families whose embedding serves as the head when the config does not say.
constexpr std::string_view kTiedFamilies[] = {"gemma", "cohere", "command", "lfm2", "falcon_h1"};

bool tied_by_habit(std::string_view model_type) {
  return std::any_of(std::begin(kTiedFamilies), std::end(kTiedFamilies),
                     [model_type](std::string_view family) { return model_type.starts_with(family); });
}

/// The language model's own object inside a vision model's config.
const nlohmann::json& text_part(const nlohmann::json& config) {
  for (const char* name : {"text_config", "llm_config", "language_config", "thinker_config"}) {
    const auto found = config.find(name);
    if (found == config.end() || !found->is_object()) continue;
    const auto inner = found->find("text_config");
    return inner != found->end() && inner->is_object() ? *inner : *found;
  }
  return config;
}

void read_quantization(ModelConfig& config, const nlohmann::json& root) {
  const ConfigKeys top(root);
  const nlohmann::json* found = top.find({"quantization_config", "quantization"});
  if (found == nullptr || !found->is_object()) return;
  ConfigKeys keys(*found);
  config.quant_method = keys.text({"quant_method"});
  config.quant_bits = keys.whole({"bits"});
  config.quant_group = keys.whole({"group_size", "q_group_size"});
  // MLX writes {"quantization": {"group_size": 64, "bits": 4}} and no method.
  if (config.quant_method.empty() && config.quant_bits > 0 && top.has({"quantization"})) config.quant_method = "mlx";
  if (config.quant_method == "bitsandbytes") config.quant_bits = keys.flag({"load_in_4bit"}) ? 4 : 8;
  if (config.quant_method == "fp8" && keys.has({"weight_block_size"})) config.quant_method = "fp8-block";
}

Unexpected refuse(std::string what, std::string where, std::string expected) {
  return fail({ErrorCode::corrupt_data, "config.json " + std::move(what), std::move(where), std::move(expected), {}});
}

}  // namespace

Result<ModelConfig> read_config_json(std::string_view text) {
  if (text.size() > kMaxConfigBytes) return refuse("is above 1 MiB", "", "a model's config.json");
  const nlohmann::json root = nlohmann::json::parse(text, nullptr, false);
  if (!root.is_object()) return refuse("is no JSON object", "", "a model's config.json");
  const nlohmann::json& part = text_part(root);
  ConfigKeys keys(part), top(root);
  ModelConfig config;
  config.model_type = keys.text({"model_type"});
  if (config.model_type.empty()) config.model_type = top.text({"model_type"});

  Llm& model = config.shape;
  model.id = model.name = top.text({"_name_or_path"});
  if (model.name.empty()) model.id = model.name = config.model_type;
  model.hidden_size = keys.whole({"hidden_size", "n_embd", "d_model", "dim"});
  model.vocab_size = keys.whole({"vocab_size", "padded_vocab_size"}, top.whole({"vocab_size"}));
  model.context_tokens = keys.whole({"max_position_embeddings", "n_positions", "max_sequence_length", "seq_length"});
  model.tied_embeddings = keys.flag({"tie_word_embeddings", "tie_embedding"},
                                    top.flag({"tie_word_embeddings"}, tied_by_habit(config.model_type)));
  model.native_format = keys.text({"torch_dtype", "dtype"});
  model.modality = {"text"};
  if (top.has({"vision_config", "visual", "vision_tower"})) model.modality.push_back("image");
  const int count = keys.whole({"num_hidden_layers", "n_layer", "n_layers", "num_layers"});
  if (model.hidden_size <= 0) return refuse("does not say the model's width", "hidden_size", "a number from 1 up");
  if (count <= 0 || count > kMaxLayers) {
    return refuse("does not say how many layers there are", "num_hidden_layers", "a number from 1 to 1024");
  }
  if (keys.has({"attn_config"}) || keys.flag({"is_encoder_decoder"})) {
    return fail({ErrorCode::unsupported,
                 "config.json describes a \"" + config.model_type + "\", whose layers are not known",
                 "model_type",
                 "a decoder with its layers in the usual keys",
                 {}});
  }
  model.layers = config_layers(keys, config.model_type, model.hidden_size, count);
  if (keys.fault()) return fail(*keys.fault());
  if (top.fault()) return fail(*top.fault());
  complete_from_shape(model);
  read_quantization(config, root);
  return config;
}

std::string config_format_name(const ModelConfig& config) {
  const std::string& method = config.quant_method;
  const std::string bits = std::to_string(config.quant_bits);
  if (method == "awq") return "awq-4bit-g128";
  if (method == "gptq") return "gptq-" + bits + "bit-g128";
  if (method == "mlx")
    return "mlx-" + bits + "bit-g" + std::to_string(config.quant_group > 0 ? config.quant_group : 64);
  if (method == "fp8" || method == "fp8-block" || method == "mxfp4") return method;
  if (method == "fbgemm_fp8") return "fp8";
  if (method == "bitsandbytes") return config.quant_bits == 4 ? "bnb-nf4" : "bnb-int8";
  return method;
}

}  // namespace rigwise
