#include "codec/gguf_writer.h"

#include <cstring>

#include "codec/gguf_types.h"
#include "core/base/check.h"

namespace rigwise {
namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kAlignment = 32;
constexpr std::uint32_t kU32 = 4, kI32 = 5, kF32 = 6, kBool = 7, kText = 8, kArray = 9;

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

void put_text(std::string& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  out.append(text);
}

}  // namespace

std::uint64_t gguf_aligned(std::uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

void GgufHeaderBytes::begin(std::string_view key, std::uint32_t type) {
  put_text(keys_, key);
  put(keys_, type);
  ++key_count_;
}

void GgufHeaderBytes::number(std::string_view key, std::uint32_t value) {
  begin(key, kU32);
  put(keys_, value);
}

void GgufHeaderBytes::real(std::string_view key, double value) {
  begin(key, kF32);
  put(keys_, static_cast<float>(value));
}

void GgufHeaderBytes::flag(std::string_view key, bool value) {
  begin(key, kBool);
  put<std::uint8_t>(keys_, value ? 1 : 0);
}

void GgufHeaderBytes::text(std::string_view key, std::string_view value) {
  begin(key, kText);
  put_text(keys_, value);
}

void GgufHeaderBytes::numbers(std::string_view key, const std::vector<std::int32_t>& values) {
  begin(key, kArray);
  put(keys_, kI32);
  put<std::uint64_t>(keys_, values.size());
  for (const std::int32_t value : values) put(keys_, value);
}

void GgufHeaderBytes::texts(std::string_view key, const std::vector<std::string>& values) {
  begin(key, kArray);
  put(keys_, kText);
  put<std::uint64_t>(keys_, values.size());
  for (const std::string& value : values) put_text(keys_, value);
}

std::string GgufHeaderBytes::finish(const std::vector<HeaderTensor>& tensors) const {
  std::string out = "GGUF";
  put(out, kVersion);
  put<std::uint64_t>(out, tensors.size());
  put(out, key_count_);
  out += keys_;
  for (const HeaderTensor& tensor : tensors) {
    const GgmlType* type = ggml_type_called(tensor.type);
    RW_CHECK(type != nullptr);
    put_text(out, tensor.name);
    put<std::uint32_t>(out, static_cast<std::uint32_t>(tensor.shape.size()));
    for (const std::uint64_t size : tensor.shape) put(out, size);
    put(out, type->id);
    put(out, tensor.offset);
  }
  out.resize(static_cast<std::size_t>(gguf_aligned(out.size())));
  return out;
}

}  // namespace rigwise
