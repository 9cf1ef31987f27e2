#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/header_tensor.h"
#include "core/base/result.h"

namespace rigwise {

/// A metadata value. Long texts and arrays (token lists, chat templates) are measured, not kept.
struct GgufValue {
  enum class Kind { number, boolean, text, numbers, texts };
  Kind kind = Kind::number;
  double number = 0;            ///< number, boolean (0 or 1)
  std::string text;             ///< at most 4,096 bytes; longer texts are left empty
  std::uint64_t length = 0;     ///< of a text in bytes, of an array in elements
  std::vector<double> numbers;  ///< of an array of numbers or booleans with at most 1,024 elements
};

/// Everything in a GGUF file before its tensors' bytes.
struct GgufHeader {
  std::uint32_t version = 0;
  std::uint64_t alignment = 32;
  std::uint64_t data_offset = 0;  ///< where the data section starts in the file
  std::uint64_t data_bytes = 0;   ///< its length, padding included: data_offset + data_bytes is the file's size
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<HeaderTensor> tensors;

  /// general.architecture, or empty.
  std::string architecture() const;
  /// The key, or ARCHITECTURE.key when `key` starts with a dot.
  const GgufValue* find(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  /// The value for one layer: an array's element, or the number that all layers share.
  std::optional<double> for_layer(std::string_view key, std::size_t layer) const;

  /// Which part of a split file this is, counted from 0, and of how many. A whole file is part 0 of 1.
  int split_no() const;
  int split_count() const;
};

/// Reads GGUF version 2 or 3, little endian, from the front of a file. `file_size` 0: not known.
///
/// Every length is checked against the bytes at hand before anything is allocated for it. Refused with corrupt_data,
/// the byte offset and what was expected: other magic, big endian, nested arrays, unknown types, row lengths a block
/// does not divide, tensors that overlap or leave gaps (llama.cpp refuses those too), headers above 64 MiB.
Result<HeaderRead<GgufHeader>> read_gguf(std::string_view bytes, std::uint64_t file_size = 0);

/// The parts of a split model as one header: part 0's metadata and everybody's tensors. Every part must be there once.
Result<GgufHeader> join_gguf_splits(std::vector<GgufHeader> parts);

}  // namespace rigwise
