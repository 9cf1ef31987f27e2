#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rigwise {

/// One tensor as a file's header lists it.
struct HeaderTensor {
  std::string name;
  std::string type;                  ///< "Q4_K", "BF16"
  std::vector<std::uint64_t> shape;  ///< GGUF: fastest dimension (a matrix's input width) first; safetensors: last
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;
  std::uint64_t offset = 0;  ///< within the data section of its own file
};

/// Largest header read: 64 MiB. Real ones are 0.1 to 25 MB (GGUF carries its tokenizer).
inline constexpr std::uint64_t kMaxHeaderBytes = 64ull * 1024 * 1024;

/// What reading the front of a file gave: the header, or how much more of the file's front is needed.
template <class Header>
struct HeaderRead {
  bool more_bytes_needed = false;
  std::uint64_t next_bytes = 0;  ///< read at least the file's first so many bytes and ask again
  Header header;
};

}  // namespace rigwise
