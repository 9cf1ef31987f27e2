#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/synth_shape.h"

namespace rigwise {

/// What a synthetic tensor is filled with.
enum class TensorContent {
  ones,   ///< norms, rope factors
  small,  ///< biases, sinks: random about 0, each its own
  own,    ///< routers and the embedding: random, each its own, so that routing differs by layer and token
  shared  ///< other matrices: one random chunk a format and width, over and over
};

struct SynthTensor {
  std::string name;
  std::vector<std::uint64_t> shape;  ///< fastest dimension (a matrix's input width) first
  TensorContent content = TensorContent::shared;
};

/// Every tensor that llama.cpp's loader asks for, no more, in the order of the file.
std::vector<SynthTensor> synth_tensors(const SynthShape& shape);

}  // namespace rigwise
