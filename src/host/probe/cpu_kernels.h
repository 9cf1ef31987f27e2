#pragma once

#include <cstddef>
#include <cstdint>

namespace rigwise {

/// 32 weights of 4 bits and their scale (half precision), as ggml's Q4_0 lays them out.
struct Q4Block {
  std::uint16_t scale = 0;
  std::uint8_t pairs[16] = {};  ///< weight i in the low half, weight i + 16 in the high half; minus 8
};

/// 32 weights of 8 bits and their scale, as ggml's Q8_0 lays them out.
struct Q8Block {
  std::uint16_t scale = 0;
  std::int8_t values[32] = {};
};

/// 32 activations: what engines make of the vector before they multiply a matrix with it.
struct ActivationBlock {
  float scale = 0;
  float sum = 0;  ///< scale times the sum of the values
  std::int8_t values[32] = {};
};

static_assert(sizeof(Q4Block) == 18 && sizeof(Q8Block) == 34);

/// The inner loops, for the instructions that this processor has.
struct CpuKernels {
  const char* name = "";
  /// xor of all words; `count` a multiple of 64, `words` aligned to 64 bytes.
  std::uint64_t (*read)(const std::uint64_t* words, std::size_t count) = nullptr;
  /// Products of `rows` rows of `blocks` blocks with the vector, into `out`.
  void (*q4_rows)(const Q4Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks,
                  float* out) = nullptr;
  void (*q8_rows)(const Q8Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks,
                  float* out) = nullptr;
  /// Fused multiply-adds in registers; gives how many floating-point operations it did.
  double (*fma)(std::size_t rounds, float* out) = nullptr;
};

/// The best kernels that the processor runs; the plain ones where nothing better is known.
const CpuKernels& best_kernels();
/// Plain C++, to hold the others against.
const CpuKernels& plain_kernels();

float half_to_float(std::uint16_t half);

}  // namespace rigwise
