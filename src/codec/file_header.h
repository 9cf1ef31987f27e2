#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/gguf.h"
#include "codec/safetensors.h"
#include "core/base/result.h"
#include "core/facts/llm.h"
#include "core/sizing/weights.h"

namespace rigwise {

/// The front of one model file, of whichever kind it is.
struct FileHeader {
  bool more_bytes_needed = false;
  std::uint64_t next_bytes = 0;  ///< read at least the file's first so many bytes and ask again
  std::string container;         ///< "gguf" or "safetensors"
  GgufHeader gguf;
  SafetensorsHeader safetensors;
};

/// A model as its files describe it: what the sizing functions need, with exact bytes.
struct ModelFile {
  Llm shape;
  WeightPlan weights;       ///< exact
  std::string format_name;  ///< "Q4_K_M", "awq-4bit-g128", "bf16"
  std::string container;
  std::vector<HeaderTensor> tensors;
  std::vector<std::string> notes;  ///< what a reader must know: parts left out, layers not run
};

/// Reads the front of a model file; the kind is told from its first bytes. Start with 64 KiB and go on reading while
/// more_bytes_needed. `file_size` 0: not known (then a file that ends too early only ever asks for more).
Result<FileHeader> read_file_header(std::string_view first_bytes, std::uint64_t file_size = 0);

/// The names of all parts when `file_name` is one of several: "m-00002-of-00005.gguf" gives the five names. Just the
/// name itself otherwise. Works for GGUF and safetensors.
std::vector<std::string> part_names(std::string_view file_name);

/// Puts the headers of a model's files together. Safetensors need the config.json beside them; GGUF carries its own
/// shape, and a vision projector (mmproj) given with the model is counted as its encoder.
Result<ModelFile> model_from_headers(std::vector<FileHeader> files, std::string_view config_json = {});

}  // namespace rigwise
