#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"

namespace rigwise {

/// Bits per weight by tensor class, block scales included (q8_0 is 8.5). All classes are filled after decoding.
struct WeightBits {
  double whole_model = 16;
  double attention = 16;
  double attention_of_hybrids = 16;  ///< attention and recurrent layers of hybrid models, where a mix spares them
  double ffn = 16, experts = 16, embedding = 16, output = 16;
  double other = 32;  ///< norms, biases, routers
};

/// A weight or KV-cache format.
struct Format {
  std::string id, name, notes, quality_loss;
  std::vector<std::string> aliases;
  bool for_kv_cache = false;
  std::string format_class;             ///< calibration class: k4, q8, f16, mxfp4, awq4, mlx4, ...
  std::vector<std::string> containers;  ///< gguf safetensors mlx exl
  std::vector<std::string> engines;     ///< engine ids that run it; empty: any engine of the containers
  WeightBits bits;
  std::optional<WeightBits> bits_safetensors;
  std::vector<Source> sources;
};

}  // namespace rigwise
