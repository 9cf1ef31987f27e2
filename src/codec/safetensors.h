#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/header_plan.h"
#include "codec/header_tensor.h"
#include "core/base/result.h"
#include "core/facts/llm.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// Everything in a safetensors file before its tensors' bytes.
struct SafetensorsHeader {
  std::uint64_t data_offset = 0;  ///< 8 + length of the JSON
  std::uint64_t data_bytes = 0;   ///< data_offset + data_bytes is the file's size
  std::map<std::string, std::string, std::less<>> metadata;
  std::vector<HeaderTensor> tensors;  ///< in the order of their bytes
};

/// Reads the front of a safetensors file. `file_size` 0: not known.
///
/// Refused with corrupt_data, the place and what was expected: headers above 64 MiB, text that is no JSON object of
/// tensors, unknown dtypes, offsets that do not match the shape or overlap, a data section with holes.
Result<HeaderRead<SafetensorsHeader>> read_safetensors(std::string_view bytes, std::uint64_t file_size = 0);

/// model.safetensors.index.json: the shards of a model.
struct SafetensorsIndex {
  double total_bytes = 0;          ///< as the index states it; 0: not stated
  std::vector<std::string> files;  ///< each once, in order of name
};
Result<SafetensorsIndex> read_safetensors_index(std::string_view json);

/// All shards' tensors as one header. A tensor in two shards is an error.
Result<SafetensorsHeader> join_safetensors(std::vector<SafetensorsHeader> shards);

/// Class of a tensor by its Hugging Face name. Layers from `first_unused` on are next-token layers ("extra").
TensorPlace safetensors_tensor_place(std::string_view name, int first_unused, bool moe);

/// Exact bytes by tensor class.
WeightPlan safetensors_weight_plan(const SafetensorsHeader& header, const Llm& shape);

/// The dtype that holds most bytes, in catalog words: "bf16", "f16", "fp8", "f32"; empty for packed integers.
std::string safetensors_dtype_name(const SafetensorsHeader& header);

}  // namespace rigwise
