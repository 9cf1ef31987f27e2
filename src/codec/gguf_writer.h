#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/header_tensor.h"

namespace rigwise {

/// The front of a GGUF file, version 3, little endian: keys in the order they are given, then the tensors.
class GgufHeaderBytes {
 public:
  void number(std::string_view key, std::uint32_t value);
  void real(std::string_view key, double value);
  void flag(std::string_view key, bool value);
  void text(std::string_view key, std::string_view value);
  void numbers(std::string_view key, const std::vector<std::int32_t>& values);
  void texts(std::string_view key, const std::vector<std::string>& values);

  /// Everything up to the first tensor's bytes, padded. Takes tensors with type, shape and offset, in order of offset.
  std::string finish(const std::vector<HeaderTensor>& tensors) const;

 private:
  void begin(std::string_view key, std::uint32_t type);

  std::string keys_;
  std::uint64_t key_count_ = 0;
};

/// Where the next tensor starts: the data section and every tensor in it are aligned to 32 bytes.
std::uint64_t gguf_aligned(std::uint64_t offset);

}  // namespace rigwise
