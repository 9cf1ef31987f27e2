#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "host/probe/cpu_kernels_wide.h"

#define RIGWISE_AVX2 __attribute__((target("avx2,fma,f16c")))
#define RIGWISE_AVX2_INLINE __attribute__((target("avx2,fma,f16c"), always_inline)) inline

// How much of memory a core asks for at a time depends on how few instructions a byte costs, so these take the layouts
// that engines take: eight rows at once where llama.cpp lays a format out anew, row by row where it does not.

namespace rigwise {
namespace {

RIGWISE_AVX2_INLINE __m256i load(const void* at) { return _mm256_loadu_si256(static_cast<const __m256i*>(at)); }

RIGWISE_AVX2_INLINE __m256i low_halves(__m256i pairs) { return _mm256_and_si256(pairs, _mm256_set1_epi8(15)); }

RIGWISE_AVX2_INLINE __m256i high_halves(__m256i pairs) { return low_halves(_mm256_srli_epi16(pairs, 4)); }

RIGWISE_AVX2_INLINE __m256i eight_values(const std::int8_t* values) {
  long long all = 0;
  std::memcpy(&all, values, sizeof all);
  return _mm256_set1_epi64x(all);
}

RIGWISE_AVX2_INLINE __m256 halves_at(const std::uint16_t* at) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)));
}

RIGWISE_AVX2_INLINE float half_at(std::uint16_t half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }

RIGWISE_AVX2_INLINE float sum_of(__m256 v) {
  const __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
}

/// Sums of four products of signed bytes; no factor is -128.
RIGWISE_AVX2_INLINE __m256i signed_dot(__m256i a, __m256i b) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_sign_epi8(a, a), _mm256_sign_epi8(b, a)), _mm256_set1_epi16(1));
}

RIGWISE_AVX2 void q4_eight_rows(const Q4EightRows* matrix, const ActivationBlock* vector, std::size_t rows,
                                std::size_t blocks, float* out) {
  const __m256i weights =
      _mm256_broadcastsi128_si256(_mm_set_epi8(7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8));
  for (std::size_t row = 0; row < rows; row += 8) {
    const Q4EightRows* w = matrix + row / 8 * blocks;
    __m256 total = _mm256_setzero_ps();
    for (std::size_t b = 0; b < blocks; ++b) {
      __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
      for (std::size_t c = 0; c < 2; ++c) {
        const __m256i low = eight_values(vector[b].values + 8 * c), high = eight_values(vector[b].values + 16 + 8 * c);
        for (std::size_t half = 0; half < 2; ++half) {
          const __m256i pairs = load(w[b].pairs + 64 * c + 32 * half);
          const __m256i both = _mm256_add_epi32(signed_dot(_mm256_shuffle_epi8(weights, low_halves(pairs)), low),
                                                signed_dot(_mm256_shuffle_epi8(weights, high_halves(pairs)), high));
          sums[half] = _mm256_add_epi32(sums[half], both);
        }
      }
      // Rows 0, 1, 4, 5, 2, 3, 6, 7 after the sums; put in order.
      const __m256i dots = _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums[0], sums[1]), 0xD8);
      const __m256 scale = _mm256_mul_ps(halves_at(w[b].scale), _mm256_set1_ps(vector[b].scale));
      total = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dots), total);
    }
    _mm256_storeu_ps(out + row, total);
  }
}

struct RunScales {
  __m128i scales, minima;  ///< 16 bits, one a row
};

RIGWISE_AVX2_INLINE __m128i eight_of(std::uint32_t low, std::uint32_t high) {
  return _mm_cvtepu8_epi16(_mm_set_epi32(0, 0, static_cast<int>(high), static_cast<int>(low)));
}

RIGWISE_AVX2_INLINE RunScales run_scales(const std::uint8_t* packed) {
  std::uint32_t words[3];
  std::memcpy(words, packed, sizeof words);
  const std::uint32_t low_scales = words[0] & 0x3F3F3F3FU, low_minima = words[1] & 0x3F3F3F3FU;
  const std::uint32_t high_scales = (words[2] & 0x0F0F0F0FU) | (((words[0] >> 6U) & 0x03030303U) << 4U);
  const std::uint32_t high_minima = ((words[2] >> 4U) & 0x0F0F0F0FU) | (((words[1] >> 6U) & 0x03030303U) << 4U);
  return {eight_of(low_scales, high_scales), eight_of(low_minima, high_minima)};
}

/// Each of four rows' scales in the four lanes that hold its sums.
RIGWISE_AVX2_INLINE __m256i rows_0_to_3(__m128i scales) {
  const __m128i twice = _mm_unpacklo_epi16(scales, scales);
  return _mm256_set_m128i(_mm_unpackhi_epi32(twice, twice), _mm_unpacklo_epi32(twice, twice));
}

RIGWISE_AVX2_INLINE __m256i rows_4_to_7(__m128i scales) {
  const __m128i twice = _mm_unpackhi_epi16(scales, scales);
  return _mm256_set_m128i(_mm_unpackhi_epi32(twice, twice), _mm_unpacklo_epi32(twice, twice));
}

RIGWISE_AVX2 void q4k_eight_rows(const Q4KEightRows* matrix, const WideActivationBlock* vector, std::size_t rows,
                                 std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; row += 8) {
    const Q4KEightRows* w = matrix + row / 8 * blocks;
    __m256 total = _mm256_setzero_ps(), below = _mm256_setzero_ps();
    for (std::size_t b = 0; b < blocks; ++b) {
      const WideActivationBlock& x = vector[b];
      __m256i first = _mm256_setzero_si256(), last = first, minima = first;
      for (std::size_t j = 0; j < 4; ++j) {
        const RunScales even = run_scales(w[b].run_scales + 24 * j), odd = run_scales(w[b].run_scales + 24 * j + 12);
        // Four products of at most 2 * 15 * 127 stay within 16 bits.
        __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                           _mm256_setzero_si256()};
        for (std::size_t c = 0; c < 4; ++c) {
          const __m256i low = eight_values(x.values + 64 * j + 8 * c);
          const __m256i high = eight_values(x.values + 64 * j + 32 + 8 * c);
          const __m256i a = load(w[b].pairs + 256 * j + 64 * c), z = load(w[b].pairs + 256 * j + 64 * c + 32);
          sums[0] = _mm256_add_epi16(sums[0], _mm256_maddubs_epi16(low_halves(a), low));
          sums[1] = _mm256_add_epi16(sums[1], _mm256_maddubs_epi16(high_halves(a), high));
          sums[2] = _mm256_add_epi16(sums[2], _mm256_maddubs_epi16(low_halves(z), low));
          sums[3] = _mm256_add_epi16(sums[3], _mm256_maddubs_epi16(high_halves(z), high));
        }
        first = _mm256_add_epi32(first, _mm256_add_epi32(_mm256_madd_epi16(sums[0], rows_0_to_3(even.scales)),
                                                         _mm256_madd_epi16(sums[1], rows_0_to_3(odd.scales))));
        last = _mm256_add_epi32(last, _mm256_add_epi32(_mm256_madd_epi16(sums[2], rows_4_to_7(even.scales)),
                                                       _mm256_madd_epi16(sums[3], rows_4_to_7(odd.scales))));
        const __m256i both =
            _mm256_set_m128i(_mm_unpackhi_epi16(even.minima, odd.minima), _mm_unpacklo_epi16(even.minima, odd.minima));
        const auto low_sum = static_cast<std::uint16_t>(x.sums[4 * j] + x.sums[4 * j + 1]);
        const auto high_sum = static_cast<std::uint16_t>(x.sums[4 * j + 2] + x.sums[4 * j + 3]);
        const auto pair = static_cast<std::uint32_t>(low_sum) | static_cast<std::uint32_t>(high_sum) << 16U;
        minima = _mm256_add_epi32(minima, _mm256_madd_epi16(both, _mm256_set1_epi32(static_cast<int>(pair))));
      }
      const __m256i dots = _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, last), 0xD8);
      const __m256 scale = _mm256_set1_ps(x.scale);
      total = _mm256_fmadd_ps(_mm256_mul_ps(halves_at(w[b].scale), scale), _mm256_cvtepi32_ps(dots), total);
      below = _mm256_fmadd_ps(_mm256_mul_ps(halves_at(w[b].minimum), scale), _mm256_cvtepi32_ps(minima), below);
    }
    _mm256_storeu_ps(out + row, _mm256_sub_ps(total, below));
  }
}

/// Products of 32 weights with two scales of sixteen each.
RIGWISE_AVX2_INLINE __m256i scaled_dot(__m256i weights, const std::int8_t* values, __m128i run_scales,
                                       std::size_t run) {
  const __m128i which =
      _mm_unpacklo_epi64(_mm_set1_epi8(static_cast<char>(run)), _mm_set1_epi8(static_cast<char>(run + 1)));
  return _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm_shuffle_epi8(run_scales, which)),
                           _mm256_maddubs_epi16(weights, load(values)));
}

/// Two bits of each byte, where they belong in a weight of six.
RIGWISE_AVX2_INLINE __m256i upper_bits(__m256i high, int shift) {
  return _mm256_slli_epi16(_mm256_and_si256(_mm256_srli_epi16(high, shift), _mm256_set1_epi8(3)), 4);
}

RIGWISE_AVX2 void q6k_rows(const Q6KBlock* matrix, const WideActivationBlock* vector, std::size_t rows,
                           std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Q6KBlock* w = matrix + row * blocks;
    __m256 total = _mm256_setzero_ps();
    for (std::size_t b = 0; b < blocks; ++b) {
      const WideActivationBlock& x = vector[b];
      const __m128i scales = _mm_loadu_si128(reinterpret_cast<const __m128i*>(w[b].run_scales));
      // Weights are stored 32 too large.
      const __m256i offset = _mm256_slli_epi32(_mm256_madd_epi16(_mm256_cvtepi8_epi16(scales), load(x.sums)), 5);
      __m256i sums = _mm256_sub_epi32(_mm256_setzero_si256(), offset);
      for (std::size_t half = 0; half < 2; ++half) {
        const __m256i high = load(w[b].high + 32 * half);
        const __m256i a = load(w[b].low + 64 * half), z = load(w[b].low + 64 * half + 32);
        const std::int8_t* values = x.values + 128 * half;
        const __m256i first = _mm256_or_si256(low_halves(a), upper_bits(high, 0)),
                      second = _mm256_or_si256(low_halves(z), upper_bits(high, 2));
        const __m256i third = _mm256_or_si256(high_halves(a), upper_bits(high, 4));
        const __m256i fourth = _mm256_or_si256(high_halves(z), upper_bits(high, 6));
        sums = _mm256_add_epi32(sums, scaled_dot(first, values, scales, 8 * half));
        sums = _mm256_add_epi32(sums, scaled_dot(second, values + 32, scales, 8 * half + 2));
        sums = _mm256_add_epi32(sums, scaled_dot(third, values + 64, scales, 8 * half + 4));
        sums = _mm256_add_epi32(sums, scaled_dot(fourth, values + 96, scales, 8 * half + 6));
      }
      const __m256 scale = _mm256_mul_ps(_mm256_set1_ps(half_at(w[b].scale)), _mm256_set1_ps(x.scale));
      total = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(sums), total);
    }
    out[row] = sum_of(total);
  }
}

RIGWISE_AVX2 void f16_rows(const std::uint16_t* matrix, const std::uint16_t* vector, std::size_t rows,
                           std::size_t weights, float* out) {
  constexpr std::size_t kLanes = 8, kChains = 4;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint16_t* w = matrix + row * weights;
    __m256 sums[kChains] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
    for (std::size_t i = 0; i < weights; i += kLanes * kChains) {
      RIGWISE_IN_REGISTERS
      for (std::size_t k = 0; k < kChains; ++k)
        sums[k] = _mm256_fmadd_ps(halves_at(w + i + kLanes * k), halves_at(vector + i + kLanes * k), sums[k]);
    }
    out[row] = sum_of(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])));
  }
}

}  // namespace

CpuKernels with_engine_layouts(CpuKernels kernels) {
  kernels.q4_eight_rows = q4_eight_rows;
  kernels.q4k_eight_rows = q4k_eight_rows;
  kernels.q6k_rows = q6k_rows;
  kernels.f16_rows = f16_rows;
  return kernels;
}

}  // namespace rigwise

#endif
