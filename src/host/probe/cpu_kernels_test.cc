#include "host/probe/cpu_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <string_view>
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
  const auto q4 = some_matrix<Q4Block>();
  const auto q8 = some_matrix<Q8Block>();
  alignas(64) std::uint64_t words[128];
  for (std::size_t i = 0; i < 128; ++i) words[i] = i * 0x9E3779B97F4A7C15U;
  std::vector<float> wide(kRows), plain(kRows);
  for (const std::string& name : kernel_names()) {
    const CpuKernels& kernels = *kernels_named(name);
    kernels.q4_rows(q4.data(), vector.data(), kRows, kBlocks, wide.data());
    plain_kernels().q4_rows(q4.data(), vector.data(), kRows, kBlocks, plain.data());
    for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(wide[i], plain[i], 1e-3 * (1 + std::abs(plain[i]))) << name;
    kernels.q8_rows(q8.data(), vector.data(), kRows, kBlocks, wide.data());
    plain_kernels().q8_rows(q8.data(), vector.data(), kRows, kBlocks, plain.data());
    for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(wide[i], plain[i], 1e-3 * (1 + std::abs(plain[i]))) << name;
    EXPECT_EQ(kernels.read(words, 128), plain_kernels().read(words, 128)) << name;
  }
}

TEST(Kernels, StreamCopiesAndAddsThreeTimes) {
  constexpr std::size_t kCount = 96;
  alignas(64) double one[kCount], two[kCount], to[kCount];
  for (std::size_t i = 0; i < kCount; ++i) {
    one[i] = static_cast<double>(i);
    two[i] = 1000 * static_cast<double>(i) + 1;
  }
  for (const std::string& name : kernel_names()) {
    const StreamKernels& stream = kernels_named(name)->stream;
    for (const StreamKernels::Copy copy : {stream.copy, stream.copy_streaming}) {
      if (copy == nullptr) continue;
      std::fill(std::begin(to), std::end(to), -1);
      copy(to, one, kCount);
      for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(to[i], one[i]) << name << " " << i;
    }
    for (const StreamKernels::Triad triad : {stream.triad, stream.triad_streaming}) {
      if (triad == nullptr) continue;
      triad(to, one, two, kCount);
      for (std::size_t i = 0; i < kCount; ++i) EXPECT_EQ(to[i], one[i] + 3 * two[i]) << name << " " << i;
    }
    EXPECT_NE(stream.copy, nullptr);
    EXPECT_NE(stream.triad, nullptr);
  }
}

TEST(Kernels, AreFoundByNameInAnyCase) {
  EXPECT_EQ(kernels_named("Plain"), &plain_kernels());
  EXPECT_EQ(kernels_named("abacus"), nullptr);
}

/// Bytes that look random, the same every time.
class SomeBytes {
 public:
  std::uint8_t next() {
    state_ = state_ * 1664525U + 1013904223U;
    return static_cast<std::uint8_t>(state_ >> 24U);
  }

 private:
  unsigned state_ = 11;
};

bool has_engine_layouts() { return std::string_view(best_kernels().name).starts_with("AVX"); }

constexpr std::uint16_t kHalf = 0x3800, kQuarter = 0x3400;

std::vector<WideActivationBlock> some_wide_vector(std::size_t blocks) {
  std::vector<WideActivationBlock> vector(blocks);
  SomeBytes bytes;
  for (WideActivationBlock& block : vector) {
    block.scale = 0.25F;
    for (std::size_t i = 0; i < 256; ++i) {
      block.values[i] = static_cast<std::int8_t>(bytes.next() % 255 - 127);
      block.sums[i / 16] = static_cast<std::int16_t>(block.sums[i / 16] + block.values[i]);
    }
  }
  return vector;
}

TEST(EngineLayouts, EightRowsOfQ4AreEightRows) {
  ASSERT_EQ(best_kernels().q4_eight_rows != nullptr, has_engine_layouts());
  if (!has_engine_layouts()) return;  // its engines have others, which are not measured
  constexpr std::size_t kEight = 8;
  const std::vector<ActivationBlock> vector = some_vector();
  std::vector<Q4Block> rows(kEight * kBlocks);
  std::vector<Q4EightRows> packed(kBlocks);
  SomeBytes bytes;
  for (std::size_t row = 0; row < kEight; ++row) {
    for (std::size_t b = 0; b < kBlocks; ++b) {
      Q4Block& block = rows[row * kBlocks + b];
      block.scale = packed[b].scale[row] = row % 2 == 0 ? kHalf : kQuarter;
      for (std::size_t i = 0; i < 16; ++i)
        block.pairs[i] = packed[b].pairs[i / 8 * 64 + row * 8 + i % 8] = bytes.next();
    }
  }
  std::vector<float> plain(kEight), eight(kEight);
  plain_kernels().q4_rows(rows.data(), vector.data(), kEight, kBlocks, plain.data());
  best_kernels().q4_eight_rows(packed.data(), vector.data(), kEight, kBlocks, eight.data());
  for (std::size_t i = 0; i < kEight; ++i) EXPECT_NEAR(eight[i], plain[i], 1e-3 * (1 + std::abs(plain[i]))) << i;
}

TEST(EngineLayouts, EightRowsOfQ4KAreScaledRunsLessTheirMinima) {
  ASSERT_EQ(best_kernels().q4k_eight_rows != nullptr, has_engine_layouts());
  if (!has_engine_layouts()) return;  // its engines have others, which are not measured
  constexpr std::size_t kEight = 8, kWide = 3;
  const std::vector<WideActivationBlock> vector = some_wide_vector(kWide);
  std::vector<Q4KEightRows> packed(kWide);
  double expected[kEight] = {};
  SomeBytes bytes;
  for (std::size_t b = 0; b < kWide; ++b) {
    int scales[8][kEight], minima[8][kEight];
    for (std::size_t run = 0; run < 8; ++run) {
      std::uint8_t* out = packed[b].run_scales + 12 * run;
      for (std::size_t row = 0; row < kEight; ++row) {
        scales[run][row] = bytes.next() & 63;
        minima[run][row] = bytes.next() & 63;
        // Six bits each: the first four rows whole in the low bits, the others split over a nibble and what is left.
        if (row < 4) {
          out[row] = static_cast<std::uint8_t>(out[row] | scales[run][row]);
          out[4 + row] = static_cast<std::uint8_t>(out[4 + row] | minima[run][row]);
        } else {
          out[4 + row] = static_cast<std::uint8_t>((scales[run][row] & 15) | (minima[run][row] & 15) << 4);
          out[row - 4] = static_cast<std::uint8_t>(out[row - 4] | (scales[run][row] >> 4) << 6);
          out[row] = static_cast<std::uint8_t>(out[row] | (minima[run][row] >> 4) << 6);
        }
      }
    }
    for (std::size_t row = 0; row < kEight; ++row) {
      packed[b].scale[row] = kHalf;
      packed[b].minimum[row] = kQuarter;
      for (std::size_t i = 0; i < 256; ++i) {
        const int weight = bytes.next() & 15;
        const std::size_t run = i / 32, j = run / 2, at = i % 32;
        std::uint8_t& pair = packed[b].pairs[256 * j + at / 8 * 64 + row * 8 + at % 8];
        pair = static_cast<std::uint8_t>(pair | weight << (run % 2 * 4));
        expected[row] += (0.5 * scales[run][row] * weight - 0.25 * minima[run][row]) * 0.25 * vector[b].values[i];
      }
    }
  }
  std::vector<float> out(kEight);
  best_kernels().q4k_eight_rows(packed.data(), vector.data(), kEight, kWide, out.data());
  for (std::size_t i = 0; i < kEight; ++i) EXPECT_NEAR(out[i], expected[i], 1e-4 * (1 + std::abs(expected[i]))) << i;
}

TEST(EngineLayouts, RowsOfQ6KAreScaledRunsOfSixteen) {
  ASSERT_EQ(best_kernels().q6k_rows != nullptr, has_engine_layouts());
  if (!has_engine_layouts()) return;  // its engines have others, which are not measured
  constexpr std::size_t kWide = 3;
  const std::vector<WideActivationBlock> vector = some_wide_vector(kWide);
  std::vector<Q6KBlock> matrix(kRows * kWide);
  std::vector<double> expected(kRows);
  SomeBytes bytes;
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t b = 0; b < kWide; ++b) {
      Q6KBlock& block = matrix[row * kWide + b];
      block.scale = kHalf;
      for (std::int8_t& scale : block.run_scales) scale = static_cast<std::int8_t>(bytes.next());
      for (std::size_t i = 0; i < 256; ++i) {
        const int weight = bytes.next() & 63;
        const std::size_t half = i / 128, quarter = i % 128 / 32, at = i % 32;
        std::uint8_t& low = block.low[64 * half + quarter % 2 * 32 + at];
        std::uint8_t& high = block.high[32 * half + at];
        low = static_cast<std::uint8_t>(low | (weight & 15) << (quarter / 2 * 4));
        high = static_cast<std::uint8_t>(high | (weight >> 4) << (2 * quarter));
        expected[row] += 0.5 * block.run_scales[i / 16] * (weight - 32) * 0.25 * vector[b].values[i];
      }
    }
  }
  std::vector<float> out(kRows);
  best_kernels().q6k_rows(matrix.data(), vector.data(), kRows, kWide, out.data());
  for (std::size_t i = 0; i < kRows; ++i) EXPECT_NEAR(out[i], expected[i], 1e-4 * (1 + std::abs(expected[i]))) << i;
}

TEST(EngineLayouts, RowsOfHalvesAreSumsOfProducts) {
  ASSERT_EQ(best_kernels().f16_rows != nullptr, has_engine_layouts());
  if (!has_engine_layouts()) return;  // its engines have others, which are not measured
  constexpr std::size_t kWeights = 96;
  std::vector<std::uint16_t> matrix(kRows * kWeights), vector(kWeights);
  SomeBytes bytes;
  // Halves between 0.5 and 2, of either sign.
  const auto some_half = [&] {
    const unsigned high = bytes.next();
    return static_cast<std::uint16_t>((high & 0x80U) << 8U | 0x3800U | (high & 7U) << 8U | bytes.next());
  };
  for (std::uint16_t& w : matrix) w = some_half();
  for (std::uint16_t& x : vector) x = some_half();
  std::vector<float> out(kRows);
  best_kernels().f16_rows(matrix.data(), vector.data(), kRows, kWeights, out.data());
  for (std::size_t row = 0; row < kRows; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < kWeights; ++i)
      sum += static_cast<double>(half_to_float(matrix[row * kWeights + i])) * half_to_float(vector[i]);
    EXPECT_NEAR(out[row], sum, 1e-4 * (1 + std::abs(sum))) << row;
  }
}

}  // namespace
}  // namespace rigwise
