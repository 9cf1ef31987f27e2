#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "codec/header_tensor.h"
#include "codec/synth_shape.h"
#include "codec/synth_tensors.h"
#include "core/base/result.h"
#include "core/facts/catalog.h"
#include "core/facts/llm.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// What a synthetic file is to be.
struct SynthChoices {
  std::string format = "Q4_K_M";  ///< a name of gguf_mix_names()
  int layers = 0;                 ///< 0: all
  std::uint64_t seed = 1;
  bool sparse = false;  ///< large matrices are holes: nothing on disk, zeros when read
};

/// A synthetic file before a byte of it is written: its front, and what goes where behind it.
struct SynthGguf {
  std::string name, architecture;
  SynthChoices choices;
  int layers = 0, model_layers = 0;  ///< in the file; in the model (next-token layers are counted in neither)
  /// Cuts whose difference is like the rest of the model: both hold every leading dense layer and whole periods of
  /// sliding and full ones. 0 when the model is too short for two.
  int first_cut = 0, second_cut = 0;
  std::string header;  ///< all bytes before the data section
  std::vector<HeaderTensor> tensors;
  std::vector<TensorContent> contents;  ///< of each tensor
  std::uint64_t file_bytes = 0;
  std::uint64_t written_bytes = 0;  ///< bytes that are not holes
  bool tied_embeddings = false;
  Llm shape;           ///< as reading the file gives it
  WeightPlan weights;  ///< exact bytes by class, as reading the file gives them
  std::map<std::string, std::uint64_t> bytes_by_type;

  std::uint64_t data_offset() const { return header.size(); }
  bool is_cut() const { return layers < model_layers; }
};

/// Plans the file of a catalog model. Errors  those of synth_shape(); unsupported: a format that is not written, or
/// that the model cannot have; invalid_input: a vocabulary too small for the byte alphabet.
Result<SynthGguf> plan_synth_gguf(const Catalog& catalog, const Llm& model, const SynthChoices& choices);

/// The standard deviation that a tensor's weights should have: 1 / sqrt(input width) keeps activations near 1; the
/// embedding itself has 1, or 0.02 where it is the head as well.
double synth_deviation(const SynthGguf& file, const HeaderTensor& tensor);

}  // namespace rigwise
