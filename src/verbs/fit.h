#pragma once

#include <cstdint>

#include "verbs/verbs.h"

namespace rigwise {

/// What runs on what? A row per (model, format, set-up), the best format per pair, or one row set for a model file.
Result<Json> fit_verb(const House& house, const Json& request);

/// The part of the request that holds file headers, as the command line and the browser hand them over.
struct HeaderFile {
  std::string name;        ///< file name, for messages and split numbering
  std::string bytes;       ///< the beginning of the file, as much as the header needs (config.json: all of it)
  std::uint64_t size = 0;  ///< of the whole file; 0: not known
};

/// fit for a model given by its own files, with exact bytes: GGUF or safetensors headers, all parts of a split model,
/// and config.json beside safetensors. The request's setups, context_tokens, concurrency and headroom apply.
Result<Json> fit_files(const House& house, const std::vector<HeaderFile>& files, const Json& request);

/// The same for a request whose "file_header" holds the bytes in base64: one text, or a list of {"name", "bytes",
/// "size"} when the model has several files. For callers without a disk.
Result<Json> fit_file_header(const House& house, const Json& request);

}  // namespace rigwise
