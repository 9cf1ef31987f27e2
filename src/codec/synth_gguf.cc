#include "codec/synth_gguf.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "codec/gguf.h"
#include "codec/gguf_llm.h"
#include "codec/gguf_mix.h"
#include "codec/gguf_writer.h"
#include "codec/synth_keys.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// 256 bytes, a filler, and the tokens that begin and end a text.
constexpr int kLeastVocabulary = 260;

Result<void> check_format(const SynthShape& shape, const std::string& format) {
  const std::vector<std::string>& known = gguf_mix_names();
  if (std::find(known.begin(), known.end(), format) == known.end()) {
    return fail({ErrorCode::unsupported, "synthetic files are not written in " + format, "--quant",
                 "one of: " + join(known, ", "), nearest_names(format, known, 2)});
  }
  if (format == "MXFP4" && shape.moe() == nullptr) {
    return fail({ErrorCode::unsupported,
                 "MXFP4 files hold their experts in it, and " + shape.model->id + " has none",
                 "--quant",
                 "Q4_K_M or Q4_0",
                 {}});
  }
  if (shape.model->vocab_size < kLeastVocabulary) {
    return invalid("the vocabulary of " + shape.model->id + " is too small for a tokenizer of bytes",
                   "models/" + shape.model->id + ".toml",
                   "vocab_size = " + std::to_string(kLeastVocabulary) + " or more");
  }
  return {};
}

MixedModel mixed_model(const SynthShape& shape, const std::vector<SynthTensor>& tensors) {
  MixedModel mixed;
  mixed.architecture = gguf_architecture_name(shape.architecture);
  mixed.block_count = shape.block_count();
  if (const LayerGroup* moe = shape.moe()) mixed.experts = moe->experts;
  mixed.attn_v_count = static_cast<int>(std::count_if(
      tensors.begin(), tensors.end(), [](const SynthTensor& t) { return t.name.ends_with(".attn_v.weight"); }));
  mixed.tied_embeddings = shape.model->tied_embeddings;
  mixed.grouped_query = shape.layers.front().kv_heads < shape.layers.front().heads;
  return mixed;
}

/// Types, sizes and places of all tensors.
void lay_out(SynthGguf& file, const SynthShape& shape, std::vector<SynthTensor> tensors) {
  GgufMix mix(file.choices.format, mixed_model(shape, tensors));
  file.tensors.reserve(tensors.size());
  file.contents.reserve(tensors.size());
  std::uint64_t offset = 0;
  for (SynthTensor& planned : tensors) {
    const GgmlType& type = mix.type_of(planned.name, planned.shape);
    HeaderTensor tensor;
    tensor.name = std::move(planned.name);
    tensor.type = type.name;
    tensor.shape = std::move(planned.shape);
    tensor.elements = 1;
    for (const std::uint64_t size : tensor.shape) tensor.elements *= size;
    tensor.bytes = tensor.elements / type.block_values * type.block_bytes;
    tensor.offset = offset;
    offset += gguf_aligned(tensor.bytes);
    file.bytes_by_type[tensor.type] += tensor.bytes;
    const bool is_hole = file.choices.sparse && planned.content == TensorContent::shared;
    if (!is_hole) file.written_bytes += tensor.bytes;
    file.tensors.push_back(std::move(tensor));
    file.contents.push_back(planned.content);
  }
  file.file_bytes = offset;
}

/// The two cuts that the whole model's time follows from; the file's own is the first, if it can be.
void choose_cuts(SynthGguf& file, const SynthShape& shape) {
  int dense = 0;
  for (const LayerGroup& g : shape.model->layers) dense += g.ffn == FfnKind::dense ? g.count : 0;
  const int least = shape.moe() != nullptr ? dense + 1 : 1;
  const int period = shape.period;
  const int first = (std::max(file.layers, least) + period - 1) / period * period;
  const int second = std::min(2 * first, file.model_layers / period * period);
  if (second <= first) return;
  file.first_cut = first;
  file.second_cut = second;
}

std::string origin(const SynthGguf& file, const Llm& model) {
  return std::string(file.choices.sparse ? "sparse" : "random") + " weights, seed " +
         std::to_string(file.choices.seed) + ", shape of " + model.id + ", " + std::to_string(file.layers) + " of " +
         std::to_string(file.model_layers) + " layers";
}

}  // namespace

Result<SynthGguf> plan_synth_gguf(const Catalog& catalog, const Llm& model, const SynthChoices& choices) {
  const Result<SynthShape> shape = synth_shape(catalog, model, choices.layers);
  if (!shape) return fail(shape.error());
  if (const Result<void> possible = check_format(*shape, choices.format); !possible) return fail(possible.error());
  SynthGguf file;
  file.choices = choices;
  file.architecture = gguf_architecture_name(shape->architecture);
  file.layers = static_cast<int>(shape->layers.size());
  file.model_layers = model.depth();
  file.tied_embeddings = model.tied_embeddings;
  file.name = "synthetic-" + model.id + "-" + choices.format;
  if (file.is_cut()) file.name += "-" + std::to_string(file.layers) + "-layers";
  choose_cuts(file, *shape);
  lay_out(file, *shape, synth_tensors(*shape));
  GgufHeaderBytes header;
  add_synth_keys(header, *shape, {file.name, origin(file, model), gguf_mix_id(choices.format)});
  file.header = header.finish(file.tensors);
  file.file_bytes += file.header.size();
  file.written_bytes += file.header.size();
  // What other verbs will say of the file, said by the same code.
  const Result<HeaderRead<GgufHeader>> read = read_gguf(file.header, file.file_bytes);
  if (!read) return fail(read.error());
  Result<Llm> as_read = gguf_llm(read->header);
  if (!as_read) return fail(as_read.error());
  file.shape = std::move(*as_read);
  file.weights = gguf_weight_plan(read->header, file.shape);
  return file;
}

double synth_deviation(const SynthGguf& file, const HeaderTensor& tensor) {
  if (tensor.name == "token_embd.weight") return file.tied_embeddings ? 0.02 : 1.0;
  if (tensor.shape.size() == 1 || tensor.name.ends_with(".bias")) return 0.02;
  return 1 / std::sqrt(static_cast<double>(tensor.shape.front()));
}

}  // namespace rigwise
