#include "host/probe/cpu_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <vector>

namespace rigwise {
namespace {

constexpr std::size_t kRows = 7, kBlocks = 13;

std::vector<ActivationBlock> some_vector() {
  std::vector<ActivationBlock> vector(kBlocks);
  unsigned state = 7;
  for (ActivationBlock& block : vector) {
    block.scale = 0.125F;
    int sum = 0;
    for (std::int8_t& value : block.values) {
      state = state * 1664525U + 1013904223U;
      value = static_cast<std::int8_t>(static_cast<int>(state >> 24U) % 127);
      sum += value;
    }
    block.sum = block.scale * static_cast<float>(sum);
  }
  return vector;
}

template <class Block>
std::vector<Block> some_matrix() {
  std::vector<Block> matrix(kRows * kBlocks);
  unsigned state = 3;
  auto* bytes = reinterpret_cast<std::uint8_t*>(matrix.data());
  for (std::size_t i = 0; i < matrix.size() * sizeof(Block); ++i) {
    state = state * 1664525U + 1013904223U;
    bytes[i] = static_cast<std::uint8_t>(state >> 24U);
  }
  // -128 has no positive twin: ggml's quantizer never writes it.
  for (Block& block : matrix) {
    block.scale = 0x3800;  // 0.5
    if constexpr (std::is_same_v<Block, Q8Block>) {
      for (std::int8_t& value : block.values) value = std::max<std::int8_t>(value, -127);
    }
  }
  return matrix;
}

TEST(Kernels, HalvesAreReadAsFloats) {
  EXPECT_EQ(half_to_float(0x3C00), 1.0F);
  EXPECT_EQ(half_to_float(0xC000), -2.0F);
  EXPECT_EQ(half_to_float(0x0001), std::ldexp(1.0F, -24));
  EXPECT_TRUE(std::isinf(half_to_float(0x7C00)));
}

TEST(Kernels, APlainProductIsTheSumOfItsParts) {
  std::vector<Q4Block> matrix(1);
  matrix[0].scale = 0x3C00;
  std::memset(matrix[0].pairs, 0x98, sizeof matrix[0].pairs);  // low halves 8 - 8 = 0, high halves 9 - 8 = 1
  std::vector<ActivationBlock> vector(1);
  vector[0].scale = 1;
  for (std::size_t i = 0; i < 32; ++i) vector[0].values[i] = static_cast<std::int8_t>(i);
  vector[0].sum = 31 * 32 / 2;
  float out = 0;
  plain_kernels().q4_rows(matrix.data(), vector.data(), 1, 1, &out);
  EXPECT_EQ(out, (16 + 31) * 16 / 2);
}

TEST(Kernels, WideOnesComputeWhatPlainOnesDo) {
  std::printf("kernels: %s\n", best_kernels().name);  // which: tests/probe/arm_kernels.sh asks
  const std::vector<ActivationBlock> vector = some_vector();
  std::vector<float> wide(kRows), plain(kRows);
  const auto q4 = some_matrix<Q4Block>();
  best_kernels().q4_rows(q4.data(), vector.data(), kRows, kBlocks, wide.data());
  plain_kernels().q4_rows(q4.data(), vector.data(), kRows, kBlocks, plain.data());
  for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(wide[i], plain[i], 1e-3 * (1 + std::abs(plain[i])));
  const auto q8 = some_matrix<Q8Block>();
  best_kernels().q8_rows(q8.data(), vector.data(), kRows, kBlocks, wide.data());
  plain_kernels().q8_rows(q8.data(), vector.data(), kRows, kBlocks, plain.data());
  for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(wide[i], plain[i], 1e-3 * (1 + std::abs(plain[i])));
  alignas(64) std::uint64_t words[128];
  for (std::size_t i = 0; i < 128; ++i) words[i] = i * 0x9E3779B97F4A7C15U;
  EXPECT_EQ(best_kernels().read(words, 128), plain_kernels().read(words, 128));
}

}  // namespace
}  // namespace rigwise
