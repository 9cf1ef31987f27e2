#include "codec/gguf_blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "codec/gguf_types.h"
#include "core/base/check.h"

namespace rigwise {
namespace {

/// Deviation of an even choice among the whole numbers that n bits hold: sqrt((4^n - 1) / 12).
constexpr double kDeviationOf4Bits = 4.610;
constexpr double kDeviationOf5Bits = 9.233;
constexpr double kDeviationOf6Bits = 18.473;
constexpr double kDeviationOf8Bits = 73.9;
/// Root mean square of MXFP4's sixteen values (0 1 2 3 4 6 8 12 and their negatives), half the blocks scaled by half:
/// 5.852 * sqrt(5/8).
constexpr double kDeviationOfMxfp4 = 4.627;
/// Root mean square of the scales drawn for Q4_K and Q5_K (32 .. 63) and Q6_K (40 .. 103).
constexpr double kScaleOfK4 = 48.4;
constexpr double kScaleOfQ6K = 73.9;
/// Of a number with a random mantissa and one of two exponents, over the larger power of two: sqrt(7/3 * 5/8).
constexpr double kDeviationOfFloat = 1.2076;

using Byte = unsigned char;

void put_half(Byte* at, std::uint16_t half) {
  at[0] = static_cast<Byte>(half & 0xFF);
  at[1] = static_cast<Byte>(half >> 8);
}

/// Even random bytes, eight at a draw.
void put_random(Byte* at, std::size_t count, Random& random) {
  while (count > 0) {
    const std::uint64_t draw = random.next();
    const std::size_t some = std::min<std::size_t>(count, sizeof draw);
    std::memcpy(at, &draw, some);
    at += some;
    count -= some;
  }
}

/// Blocks of the 32-wide formats: a scale (and for Q5_1 an offset) before random bytes.
struct Simple {
  std::string_view type;
  double deviation_of_code;
  double offset_in_scales;  ///< 0: the format centres its codes itself
};
constexpr std::array<Simple, 4> kSimple{{{"Q4_0", kDeviationOf4Bits, 0},
                                         {"Q5_0", kDeviationOf5Bits, 0},
                                         {"Q5_1", kDeviationOf5Bits, 15.5},
                                         {"Q8_0", kDeviationOf8Bits, 0}}};

void fill_simple(const Simple& format, std::size_t block_bytes, double deviation, Random& random,
                 std::span<Byte> bytes) {
  const double scale = deviation / format.deviation_of_code;
  const std::uint16_t d = half_from(scale);
  const bool has_offset = format.offset_in_scales > 0;
  // Minus: the sign bit of the half.
  const auto m = static_cast<std::uint16_t>(has_offset ? half_from(scale * format.offset_in_scales) | 0x8000U : 0U);
  const std::size_t before = has_offset ? 4 : 2;
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes) {
    put_half(&bytes[at], d);
    if (has_offset) put_half(&bytes[at + 2], m);
    put_random(&bytes[at + before], block_bytes - before, random);
  }
}

/// Eight 6-bit scales from 32 to 63, each with a minimum of the same size, packed as Q4_K and Q5_K have them: the low
/// six bits of the first four, and of the last four the low four bits here and the high two above the first ones.
void put_k_scales(Byte* at, Random& random) {
  const std::uint64_t draw = random.next();
  std::array<unsigned, 8> scale{};
  for (unsigned i = 0; i < scale.size(); ++i) scale[i] = 32U | ((draw >> (5 * i)) & 31U);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto both = static_cast<Byte>(scale[i] | ((scale[i + 4] >> 4) << 6));
    at[i] = both;
    at[i + 4] = both;
    at[i + 8] = static_cast<Byte>((scale[i + 4] & 15U) | ((scale[i + 4] & 15U) << 4));
  }
}

/// Q4_K and Q5_K: d, dmin, scales, codes. The minimum takes the middle of the codes away.
void fill_k(std::size_t block_bytes, double deviation_of_code, double middle, double deviation, Random& random,
            std::span<Byte> bytes) {
  constexpr std::size_t kBefore = 16;
  const double scale = deviation / (deviation_of_code * kScaleOfK4);
  const std::uint16_t d = half_from(scale), dmin = half_from(scale * middle);
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes) {
    put_half(&bytes[at], d);
    put_half(&bytes[at + 2], dmin);
    put_k_scales(&bytes[at + 4], random);
    put_random(&bytes[at + kBefore], block_bytes - kBefore, random);
  }
}

void fill_q6k(double deviation, Random& random, std::span<Byte> bytes) {
  constexpr std::size_t kCodes = 192, kScales = 16, kBlock = kCodes + kScales + 2;
  const std::uint16_t d = half_from(deviation / (kDeviationOf6Bits * kScaleOfQ6K));
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    put_random(&bytes[at], kCodes, random);
    std::uint64_t draw = 0;
    for (std::size_t i = 0; i < kScales; ++i) {
      if (i % 8 == 0) draw = random.next();
      const int size = 40 + static_cast<int>(draw & 63U);
      bytes[at + kCodes + i] = static_cast<Byte>((draw & 64U) != 0 ? size : -size);
      draw >>= 8;
    }
    put_half(&bytes[at + kCodes + kScales], d);
  }
}

void fill_mxfp4(double deviation, Random& random, std::span<Byte> bytes) {
  constexpr std::size_t kBlock = 17;
  // A block's exponent is the larger or the next: half the squares of one, a quarter of them of the other.
  const auto exponent = static_cast<int>(std::lround(std::log2(deviation / kDeviationOfMxfp4))) + 128;
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    bytes[at] = static_cast<Byte>(exponent - static_cast<int>(random.next() >> 63));
    put_random(&bytes[at + 1], kBlock - 1, random);
  }
}

/// Four 16-bit floats a draw: sign and mantissa random, the exponent one of two.
void fill_floats(unsigned mantissa_bits, int bias, double deviation, Random& random, std::span<Byte> bytes) {
  constexpr std::uint64_t kEach = 0x0001000100010001;
  const int larger = static_cast<int>(std::lround(std::log2(deviation / kDeviationOfFloat))) + bias;
  const std::uint64_t smaller = static_cast<std::uint64_t>(larger - 1) << mantissa_bits;
  const std::uint64_t free_bits = 0x8000U | ((2U << mantissa_bits) - 1);  // one bit of the exponent among them
  const std::uint64_t one = 1U << mantissa_bits;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t draw = random.next();
    // Sign and mantissa apart from the bit that raises the exponent by one, so that nothing is carried over.
    const std::uint64_t value = (draw & ((free_bits & ~one) * kEach)) + (draw & (one * kEach)) + (smaller * kEach);
    std::memcpy(&bytes[at], &value, std::min<std::size_t>(sizeof value, bytes.size() - at));
  }
}

void fill_f32(double deviation, Random& random, std::span<Byte> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    const auto value = static_cast<float>(deviation * random.normal());
    std::memcpy(&bytes[at], &value, sizeof value);
  }
}

}  // namespace

std::uint16_t half_from(double positive) {
  constexpr int kLeast = -14;  // exponent of the least normal half
  int exponent = 0;
  const double fraction = 2 * std::frexp(positive, &exponent);  // in [1, 2)
  --exponent;
  if (exponent < kLeast) return static_cast<std::uint16_t>(std::lround(std::ldexp(positive, 24)));
  const auto mantissa = static_cast<int>(std::lround((fraction - 1) * 1024));  // 1024 is carried to the exponent
  return static_cast<std::uint16_t>(((exponent + 15) << 10) + mantissa);
}

void fill_gguf_blocks(std::string_view type, double deviation, Random& random, std::span<unsigned char> bytes) {
  const GgmlType* known = ggml_type_called(type);
  RW_CHECK(known != nullptr && bytes.size() % known->block_bytes == 0);
  // A copy, so that the compiler may keep the generator in a register.
  Random own = random;
  const auto simple = std::find_if(kSimple.begin(), kSimple.end(), [type](const Simple& s) { return s.type == type; });
  if (simple != kSimple.end()) {
    fill_simple(*simple, known->block_bytes, deviation, own, bytes);
  } else if (type == "Q4_K") {
    fill_k(known->block_bytes, kDeviationOf4Bits, 7.5, deviation, own, bytes);
  } else if (type == "Q5_K") {
    fill_k(known->block_bytes, kDeviationOf5Bits, 15.5, deviation, own, bytes);
  } else if (type == "Q6_K") {
    fill_q6k(deviation, own, bytes);
  } else if (type == "MXFP4") {
    fill_mxfp4(deviation, own, bytes);
  } else if (type == "F16") {
    fill_floats(10, 15, deviation, own, bytes);
  } else if (type == "BF16") {
    fill_floats(7, 127, deviation, own, bytes);
  } else {
    RW_CHECK(type == "F32");
    fill_f32(deviation, own, bytes);
  }
  random = own;
}

}  // namespace rigwise
