#include "codec/gguf_blocks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "codec/gguf_types.h"

namespace rigwise {
namespace {

using Bytes = std::vector<unsigned char>;

double half(const unsigned char* at) {
  const unsigned bits = at[0] | (unsigned{at[1]} << 8);
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = static_cast<int>((bits >> 10) & 31U);
  const double mantissa = bits & 1023U;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  if (exponent == 31) return std::nan("");
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

// Decoders as the formats' definitions have them, one block each, for the tests alone.

void decode_q4_0(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 32; ++i) {
    const int code = i < 16 ? b[2 + i] & 15 : b[2 + i - 16] >> 4;
    out.push_back(half(b) * (code - 8));
  }
}

int fifth_bit(const unsigned char* high, int i) { return (high[i / 8] >> (i % 8)) & 1; }

void decode_q5_0(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 32; ++i) {
    const int low = i < 16 ? b[6 + i] & 15 : b[6 + i - 16] >> 4;
    out.push_back(half(b) * ((low | fifth_bit(b + 2, i) << 4) - 16));
  }
}

void decode_q5_1(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 32; ++i) {
    const int low = i < 16 ? b[8 + i] & 15 : b[8 + i - 16] >> 4;
    out.push_back(half(b) * (low | fifth_bit(b + 4, i) << 4) + half(b + 2));
  }
}

int signed_byte(unsigned char byte) { return byte < 128 ? int{byte} : int{byte} - 256; }

void decode_q8_0(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 32; ++i) out.push_back(half(b) * signed_byte(b[2 + i]));
}

struct ScaleMin {
  int scale, min;
};
ScaleMin k_scale(const unsigned char* s, int j) {
  if (j < 4) return {s[j] & 63, s[j + 4] & 63};
  return {(s[j + 4] & 15) | (s[j - 4] >> 6) << 4, (s[j + 4] >> 4) | (s[j] >> 6) << 4};
}

void decode_q4_k(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 256; ++i) {
    const int group = i / 32;
    const auto [scale, min] = k_scale(b + 4, group);
    const unsigned char codes = b[16 + group / 2 * 32 + i % 32];
    const int code = group % 2 == 0 ? codes & 15 : codes >> 4;
    out.push_back(half(b) * scale * code - half(b + 2) * min);
  }
}

void decode_q5_k(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 256; ++i) {
    const int group = i / 32;
    const auto [scale, min] = k_scale(b + 4, group);
    const unsigned char codes = b[48 + group / 2 * 32 + i % 32];
    const int code = (group % 2 == 0 ? codes & 15 : codes >> 4) | ((b[16 + i % 32] >> group) & 1) << 4;
    out.push_back(half(b) * scale * code - half(b + 2) * min);
  }
}

void decode_q6_k(const unsigned char* b, std::vector<double>& out) {
  for (int i = 0; i < 256; ++i) {
    const int part = i / 128, in_part = i % 128, quarter = in_part / 32, at = in_part % 32;
    const unsigned char low = b[part * 64 + at + (quarter % 2) * 32];
    const int low_bits = quarter < 2 ? low & 15 : low >> 4;
    const int high_bits = (b[128 + part * 32 + at] >> (2 * quarter)) & 3;
    const int scale = signed_byte(b[192 + i / 16]);
    out.push_back(half(b + 208) * scale * ((low_bits | high_bits << 4) - 32));
  }
}

void decode_mxfp4(const unsigned char* b, std::vector<double>& out) {
  constexpr double kValues[] = {0, 1, 2, 3, 4, 6, 8, 12, -0.0, -1, -2, -3, -4, -6, -8, -12};
  for (int i = 0; i < 32; ++i) {
    const int code = i < 16 ? b[1 + i] & 15 : b[1 + i - 16] >> 4;
    out.push_back(std::ldexp(kValues[code], int{b[0]} - 128));
  }
}

void decode_f16(const unsigned char* b, std::vector<double>& out) { out.push_back(half(b)); }

void decode_bf16(const unsigned char* b, std::vector<double>& out) {
  const std::uint32_t bits = (std::uint32_t{b[0]} | std::uint32_t{b[1]} << 8) << 16;
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  out.push_back(value);
}

void decode_f32(const unsigned char* b, std::vector<double>& out) {
  float value = 0;
  std::memcpy(&value, b, sizeof value);
  out.push_back(value);
}

struct Case {
  const char* type;
  void (*decode)(const unsigned char*, std::vector<double>&);
  double tolerance;  ///< of the deviation, as a factor
};
const Case kCases[] = {{"F32", decode_f32, 1.03},   {"F16", decode_f16, 1.5},    {"BF16", decode_bf16, 1.5},
                       {"Q4_0", decode_q4_0, 1.03}, {"Q5_0", decode_q5_0, 1.03}, {"Q5_1", decode_q5_1, 1.03},
                       {"Q8_0", decode_q8_0, 1.03}, {"Q4_K", decode_q4_k, 1.03}, {"Q5_K", decode_q5_k, 1.03},
                       {"Q6_K", decode_q6_k, 1.03}, {"MXFP4", decode_mxfp4, 1.5}};

Bytes filled(const char* type, double deviation, std::uint64_t seed, std::size_t blocks) {
  Bytes bytes(blocks * ggml_type_called(type)->block_bytes);
  Random random(seed);
  fill_gguf_blocks(type, deviation, random, bytes);
  return bytes;
}

TEST(GgufBlocks, DecodeToFiniteNumbersAboutZeroOfTheDeviationAskedFor) {
  for (const Case& c : kCases) {
    for (const double deviation : {1.0, 0.02, 1 / std::sqrt(29568.0)}) {
      const GgmlType& type = *ggml_type_called(c.type);
      const Bytes bytes = filled(c.type, deviation, 7, std::size_t{200'000} / type.block_values);
      std::vector<double> values;
      for (std::size_t at = 0; at < bytes.size(); at += type.block_bytes) c.decode(&bytes[at], values);
      double sum = 0, squares = 0;
      for (const double value : values) {
        ASSERT_TRUE(std::isfinite(value)) << c.type;
        ASSERT_TRUE(value == 0 || std::abs(value) > 1e-30) << c.type << ": denormal as a float";
        sum += value;
        squares += value * value;
      }
      const auto n = static_cast<double>(values.size());
      const double found = std::sqrt(squares / n);
      EXPECT_NEAR(sum / n, 0, 0.12 * deviation) << c.type;  // codes of -8 to 7 lean by half a code
      EXPECT_LT(found, deviation * c.tolerance) << c.type << " " << deviation;
      EXPECT_GT(found, deviation / c.tolerance) << c.type << " " << deviation;
    }
  }
}

TEST(GgufBlocks, AreTheSameForTheSameSeedAndDifferFromBlockToBlock) {
  for (const Case& c : kCases) {
    const Bytes once = filled(c.type, 0.01, 3, 64), again = filled(c.type, 0.01, 3, 64),
                other = filled(c.type, 0.01, 4, 64);
    EXPECT_EQ(once, again) << c.type;
    EXPECT_NE(once, other) << c.type;
    const std::size_t block = ggml_type_called(c.type)->block_bytes;
    if (block >= 16) {
      EXPECT_NE(Bytes(once.begin(), once.begin() + static_cast<std::ptrdiff_t>(block)),
                Bytes(once.begin() + static_cast<std::ptrdiff_t>(block),
                      once.begin() + static_cast<std::ptrdiff_t>(2 * block)))
          << c.type;
    }
  }
}

TEST(GgufBlocks, HalvesAreTheNearest) {
  EXPECT_EQ(half_from(1), 0x3C00);
  EXPECT_EQ(half_from(0.333251953125), 0x3555);
  EXPECT_EQ(half_from(65504), 0x7BFF);
  EXPECT_EQ(half_from(0x1p-14), 0x0400);
  EXPECT_EQ(half_from(0x1p-24), 0x0001) << "the least";
  EXPECT_EQ(half_from(1 - 0x1p-13), 0x3C00) << "carried to the exponent";
  for (const double value : {3.5e-5, 0.0017, 0.9, 12.5}) {
    const std::uint16_t bits = half_from(value);
    const unsigned char bytes[2] = {static_cast<unsigned char>(bits & 0xFF), static_cast<unsigned char>(bits >> 8)};
    EXPECT_NEAR(half(bytes) / value, 1, 0.002) << value;
  }
}

}  // namespace
}  // namespace rigwise
