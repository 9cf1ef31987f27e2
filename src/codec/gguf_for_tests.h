#pragma once

// Writes tiny GGUF and safetensors files for tests: headers as the formats have them, tensor bytes left out.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/gguf_types.h"

namespace rigwise::testing_files {

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

inline void put_text(std::string& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  out.append(text);
}

/// Collects keys and tensors and writes the front of a GGUF file.
class GgufWriter {
 public:
  GgufWriter& number(std::string_view key, std::uint32_t value) {
    return pair(key, 4, [&] { put(keys_, value); });
  }
  GgufWriter& real(std::string_view key, float value) {
    return pair(key, 6, [&] { put(keys_, value); });
  }
  GgufWriter& flag(std::string_view key, bool value) {
    return pair(key, 7, [&] { put<std::uint8_t>(keys_, value ? 1 : 0); });
  }
  GgufWriter& text(std::string_view key, std::string_view value) {
    return pair(key, 8, [&] { put_text(keys_, value); });
  }
  GgufWriter& numbers(std::string_view key, const std::vector<std::int32_t>& values) {
    return pair(key, 9, [&] {
      put<std::uint32_t>(keys_, 5);
      put<std::uint64_t>(keys_, values.size());
      for (const std::int32_t v : values) put(keys_, v);
    });
  }
  GgufWriter& flags(std::string_view key, const std::vector<int>& values) {
    return pair(key, 9, [&] {
      put<std::uint32_t>(keys_, 7);
      put<std::uint64_t>(keys_, values.size());
      for (const int v : values) put<std::uint8_t>(keys_, v != 0);
    });
  }
  GgufWriter& texts(std::string_view key, const std::vector<std::string>& values) {
    return pair(key, 9, [&] {
      put<std::uint32_t>(keys_, 8);
      put<std::uint64_t>(keys_, values.size());
      for (const std::string& v : values) put_text(keys_, v);
    });
  }
  /// A pair of any type whose bytes the test writes itself.
  GgufWriter& raw(std::string_view key, std::uint32_t type, std::string_view bytes) {
    return pair(key, type, [&] { keys_.append(bytes); });
  }

  GgufWriter& tensor(std::string_view name, std::vector<std::uint64_t> shape, std::uint32_t type = 0) {
    std::uint64_t elements = 1;
    put_text(tensors_, name);
    put<std::uint32_t>(tensors_, static_cast<std::uint32_t>(shape.size()));
    for (const std::uint64_t size : shape) {
      put(tensors_, size);
      elements *= size;
    }
    put(tensors_, type);
    put(tensors_, offset_ + shift_next_);
    shift_next_ = 0;
    const GgmlType* known = ggml_type(type);
    const std::uint64_t bytes = known == nullptr ? 0 : elements / known->block_values * known->block_bytes;
    tensor_bytes_ += bytes;
    offset_ += (bytes + alignment_ - 1) / alignment_ * alignment_;
    ++tensor_count_;
    return *this;
  }

  GgufWriter& alignment(std::uint32_t value) {
    alignment_ = value;
    return number("general.alignment", value);
  }
  GgufWriter& version(std::uint32_t value) {
    version_ = value;
    return *this;
  }
  /// Puts the next tensor at a wrong place.
  GgufWriter& shift_next(std::uint64_t by) {
    shift_next_ = by;
    return *this;
  }
  GgufWriter& claim_tensors(std::uint64_t count) {
    claimed_tensors_ = count;
    return *this;
  }
  GgufWriter& claim_keys(std::uint64_t count) {
    claimed_keys_ = count;
    return *this;
  }

  std::string header() const {
    std::string out = "GGUF";
    put(out, version_);
    put(out, claimed_tensors_ > 0 ? claimed_tensors_ : tensor_count_);
    put(out, claimed_keys_ > 0 ? claimed_keys_ : key_count_);
    return out + keys_ + tensors_;
  }
  std::uint64_t tensor_bytes() const { return tensor_bytes_; }
  std::uint64_t data_bytes() const { return offset_; }

 private:
  template <class Write>
  GgufWriter& pair(std::string_view key, std::uint32_t type, Write write) {
    put_text(keys_, key);
    put(keys_, type);
    write();
    ++key_count_;
    return *this;
  }

  std::string keys_, tensors_;
  std::uint64_t key_count_ = 0, tensor_count_ = 0, offset_ = 0, tensor_bytes_ = 0, shift_next_ = 0;
  std::uint64_t claimed_tensors_ = 0, claimed_keys_ = 0;
  std::uint32_t version_ = 3, alignment_ = 32;
};

/// The front of a safetensors file around this JSON.
inline std::string safetensors_file(std::string_view json) {
  std::string out;
  put<std::uint64_t>(out, json.size());
  return out + std::string(json);
}

}  // namespace rigwise::testing_files
