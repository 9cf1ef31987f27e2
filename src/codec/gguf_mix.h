#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/gguf_types.h"
#include "core/base/result.h"

namespace rigwise {

/// What the rule that chooses a tensor's type must know of the file.
struct MixedModel {
  std::string_view architecture;
  int block_count = 0;
  int experts = 0;
  int attn_v_count = 0;  ///< tensors named attn_v in the file
  bool tied_embeddings = false;
  bool grouped_query = false;  ///< fewer KV heads than heads
};

/// The formats that whole files can be written in, as llama.cpp calls them.
const std::vector<std::string>& gguf_mix_names();

/// general.file_type of a format: 15 for "Q4_K_M".
std::uint32_t gguf_mix_id(std::string_view format);

/// Chooses a type for each tensor of a file, as llama.cpp's quantizer does for a whole-file format.
///
/// Vectors, norms, biases and routers stay F32. Q4_K_M gives Q6_K to the head and, by place, to some of the value and
/// down projections; files of exactly 8 experts keep keys and values in Q8_0; a row that a block does not divide gets
/// the next wider format of 32, else F16. MXFP4 is for experts, the rest Q8_0.
/// From  llama.cpp, src/llama-quant.cpp (tensor types) and tools/quantize (the names); checked against its dry run.
class GgufMix {
 public:
  /// Takes  a name of gguf_mix_names().
  GgufMix(std::string_view format, const MixedModel& model) : format_(format), model_(model) {}

  /// The type of the next tensor; tensors are asked in the order of the file, layer by layer.
  const GgmlType& type_of(std::string_view name, const std::vector<std::uint64_t>& shape);

 private:
  std::string_view wanted(std::string_view name);
  std::string_view k_mixed(std::string_view name);
  std::string_view value_type(bool k_mix);

  std::string_view format_;
  MixedModel model_;
  int values_seen_ = 0;
};

}  // namespace rigwise
