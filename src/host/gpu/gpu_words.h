#pragma once

#include <cstddef>
#include <cstdint>

namespace rigwise {

/// Rows of the matrix that shaders/fill.comp writes and shaders/product.comp multiplies: 4,096 weights in 4 bits, with
/// two scales of half precision for each 64, as many bytes as in ggml's Q4_0.
inline constexpr std::uint32_t kGpuRowWords = 576, kGpuRowWeights = 4096, kGpuRowsOfGroup = 8;

/// Word `at` of a buffer filled with `seed`, as the shader makes it.
std::uint32_t gpu_word(std::uint32_t at, std::uint32_t seed);
/// Sum of the first `count` words, modulo 2^32. Takes a multiple of nine.
std::uint32_t gpu_words_sum(std::uint32_t count, std::uint32_t seed);
/// What a row times the vector is.
double gpu_row_product(std::uint32_t row, std::uint32_t seed, const float* activations);

}  // namespace rigwise
