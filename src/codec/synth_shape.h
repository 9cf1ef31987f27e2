#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/catalog.h"
#include "core/facts/llm.h"

namespace rigwise {

/// Architectures, as llama.cpp names them, that a synthetic file can have.
enum class GgufArchitecture { llama, qwen2, qwen3, qwen3moe, gpt_oss, gemma3, deepseek2, glm4moe, minimax_m2 };

/// "gpt-oss": the text of general.architecture.
std::string_view gguf_architecture_name(GgufArchitecture architecture);

/// A catalog model as one engine would load it: every layer in the order of the file.
struct SynthShape {
  GgufArchitecture architecture = GgufArchitecture::llama;
  const Llm* model = nullptr;
  std::vector<LayerGroup> layers;  ///< one each (count 1), cut to what was asked for
  int dense_layers = 0;            ///< leading layers without experts, where later ones have them
  int nextn_layers = 0;            ///< next-token layers behind `layers`: in the file, loaded, not run
  int period = 1;                  ///< layers after which their kinds come again: 2 for gpt-oss, 6 for Gemma 3
  bool rope_factors = false;       ///< carries rope_freqs.weight (Llama 3.1 and later)
  bool sigmoid_router = false;     ///< experts are chosen by sigmoid with a bias each, not by softmax

  /// A layer with experts, if there is one.
  const LayerGroup* moe() const;
  /// Layers in the file: block_count.
  int block_count() const { return static_cast<int>(layers.size()) + nextn_layers; }
};

/// How a model is laid out in a file, cut to its first `layers` layers (0: all). A cut keeps the model's dense first
/// layers, but for one layer with experts at least.
/// Errors  unsupported: another architecture, or a cut the engine would take for another model; not_found: the catalog
///         lacks a fact that the file needs, named; invalid_input: more layers than the model has.
/// From    the architectures' tensors and keys in llama.cpp's loader: ggml-org/llama.cpp, src/llama-model.cpp.
Result<SynthShape> synth_shape(const Llm& model, int layers);

/// The same, and where the model's architecture is none of ours, the nearest models of `catalog` that work.
Result<SynthShape> synth_shape(const Catalog& catalog, const Llm& model, int layers);

}  // namespace rigwise
