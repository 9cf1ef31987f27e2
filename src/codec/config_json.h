#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/facts/llm.h"

namespace rigwise {

/// What a Hugging Face config.json says about a model.
struct ModelConfig {
  Llm shape;
  std::string model_type;    ///< "qwen3_moe"
  std::string quant_method;  ///< "awq", "gptq", "fp8", "mxfp4", "mlx", ...; empty: not quantized
  int quant_bits = 0;        ///< where the config states them
  int quant_group = 0;
};

/// config.json -> shape. Reads the language model inside vision models (text_config). The layers come from the layer
/// list where there is one (layer_types, hybrid_override_pattern), else from intervals and the family's habit.
/// An attention scheme it does not know is refused by name: a guessed cache would be wrong by factors.
Result<ModelConfig> read_config_json(std::string_view text);

/// The catalog's word for the config's quantization ("awq-4bit-g128", "mlx-4bit-g64", "fp8-block"), empty if none.
std::string config_format_name(const ModelConfig& config);

}  // namespace rigwise
