#pragma once

#include <string>
#include <string_view>

#include "codec/gguf.h"
#include "codec/header_plan.h"
#include "core/base/result.h"
#include "core/facts/llm.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// The shape of the language model in a GGUF file: what each layer is follows from the tensors it has, widths from
/// their sizes, heads, windows and choices from the metadata. So the cache is exact for any mix of layers.
/// Refused: projectors (architecture "clip"), adapters, files without an architecture, a layer count or an embedding.
Result<Llm> gguf_llm(const GgufHeader& header);

/// Exact bytes by tensor class.
WeightPlan gguf_weight_plan(const GgufHeader& header, const Llm& shape);

/// Class of a tensor by its name. Layers from `first_unused` on are next-token layers ("extra").
TensorPlace gguf_tensor_place(std::string_view name, int first_unused);

/// "Q4_K_M" from general.file_type, else the type that holds most bytes.
std::string gguf_format_name(const GgufHeader& header);

}  // namespace rigwise
