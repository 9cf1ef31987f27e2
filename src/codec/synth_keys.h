#pragma once

#include <cstdint>
#include <string>

#include "codec/gguf_writer.h"
#include "codec/synth_shape.h"

namespace rigwise {

/// Words that go into a synthetic file's metadata.
struct SynthLabels {
  std::string name;             ///< general.name; begins with "synthetic-"
  std::string origin;           ///< rigwise.synthetic: what the file was made from and how
  std::uint32_t file_type = 0;  ///< general.file_type
};

/// The metadata that llama.cpp's loader and Ollama read: general keys, the architecture's, and a tokenizer of
/// `vocab_size` tokens. Numbers that neither a tensor's size nor the work of a step depends on (rotation base, epsilon
/// of norms) are the architecture's usual ones: the weights are random anyway. From  llama.cpp, src/llama-model.cpp
/// (load_hparams) and src/llama-vocab.cpp.
void add_synth_keys(GgufHeaderBytes& header, const SynthShape& shape, const SynthLabels& labels);

}  // namespace rigwise
