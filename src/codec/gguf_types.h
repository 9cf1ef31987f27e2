#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rigwise {

/// A tensor type of ggml: `block_values` weights are stored in `block_bytes` bytes.
struct GgmlType {
  std::uint32_t id = 0;
  std::string_view name;  ///< as llama.cpp prints it: "Q4_K", "IQ2_XXS", "MXFP4"
  std::uint32_t block_values = 1;
  std::uint32_t block_bytes = 1;
};

/// The type of an id, or null: ids 4, 5, 31 to 33 and 36 to 38 were taken back, higher ones are newer than this build.
const GgmlType* ggml_type(std::uint32_t id);

/// The type that is printed so ("Q4_K"), or null.
const GgmlType* ggml_type_called(std::string_view name);

/// Name of a whole-file format from general.file_type: 15 is "Q4_K_M". Nothing for ids without a name.
std::optional<std::string_view> gguf_file_type_name(std::uint32_t id);

}  // namespace rigwise
