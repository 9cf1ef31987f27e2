#include "host/gpu/gpu_words.h"

#include <cmath>

namespace rigwise {
namespace {

constexpr std::uint32_t kPairWords = 9, kPairWeights = 64, kWeightsOfWord = 8;

std::uint32_t random_word(std::uint32_t at, std::uint32_t seed) {
  std::uint32_t x = at * 0x9E3779B1U + seed;
  x ^= x >> 15U;
  x *= 0x85EBCA77U;
  x ^= x >> 13U;
  return x;
}

std::uint32_t scales_of(std::uint32_t word) { return (word & 0x03FF03FFU) | 0x20002000U; }

/// Half precision of a positive number that is neither tiny nor infinite, as the scales are.
double scale_value(std::uint32_t half) {
  constexpr int kBias = 15, kFractionBits = 10;
  const int exponent = static_cast<int>(half >> 10U & 31U) - kBias;
  return std::ldexp(1.0 + static_cast<double>(half & 0x3FFU) / (1U << kFractionBits), exponent);
}

}  // namespace

std::uint32_t gpu_word(std::uint32_t at, std::uint32_t seed) {
  const std::uint32_t word = random_word(at, seed);
  return at % kPairWords == 0 ? scales_of(word) : word;
}

std::uint32_t gpu_words_sum(std::uint32_t count, std::uint32_t seed) {
  std::uint32_t sum = 0;
  for (std::uint32_t at = 0; at < count; at += kPairWords) {
    sum += scales_of(random_word(at, seed));
    for (std::uint32_t i = 1; i < kPairWords; ++i) sum += random_word(at + i, seed);
  }
  return sum;
}

double gpu_row_product(std::uint32_t row, std::uint32_t seed, const float* activations) {
  double product = 0;
  for (std::uint32_t pair = 0; pair < kGpuRowWeights / kPairWeights; ++pair) {
    const std::uint32_t at = row * kGpuRowWords + pair * kPairWords;
    const std::uint32_t scales = gpu_word(at, seed);
    for (std::uint32_t word = 0; word < kPairWords - 1; ++word) {
      const std::uint32_t quants = gpu_word(at + 1 + word, seed);
      const double scale = scale_value(word < 4 ? scales & 0xFFFFU : scales >> 16U);
      const float* with = activations + static_cast<std::size_t>(pair * kPairWeights + word * kWeightsOfWord);
      for (std::uint32_t i = 0; i < kWeightsOfWord; ++i)
        product += scale * (static_cast<double>(quants >> (4 * i) & 15U) - 8) * with[i];
    }
  }
  return product;
}

}  // namespace rigwise
