#if defined(__x86_64__)

#include <immintrin.h>

#include "host/probe/cpu_kernels_wide.h"
#include "host/probe/peak_loops.h"

// Each function is compiled for the instructions it names, whatever the rest of the program is compiled for.
#define RIGWISE_AVX2 __attribute__((target("avx2,fma,f16c")))
#define RIGWISE_VNNI __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512vnni")))

namespace rigwise {
namespace {

constexpr std::size_t kWordsInLine = 8;
constexpr float kOffset = 8;

RIGWISE_AVX2 float sum_of(__m256 v) {
  const __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  const __m128 pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
  return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
}

RIGWISE_AVX2 float scale_of(std::uint16_t half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }

RIGWISE_AVX2 __m256i nibbles(const std::uint8_t* pairs) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pairs));
  const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(low), _mm_srli_epi16(low, 4), 1);
  return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

RIGWISE_AVX2 __m256i bytes_at(const std::int8_t* values) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
}

/// Sums of four products of unsigned and signed bytes. Nibbles and signs keep the sums of two within 16 bits.
RIGWISE_AVX2 __m256i dot_avx2(__m256i positive, __m256i any) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(positive, any), _mm256_set1_epi16(1));
}

RIGWISE_VNNI __m256i dot_vnni(__m256i positive, __m256i any) {
  return _mm256_dpbusd_epi32(_mm256_setzero_si256(), positive, any);
}

// One body, two instruction sets: a template would lose the target attribute.
#define RIGWISE_Q4_ROWS(NAME, TARGET, DOT)                                                                     \
  TARGET void NAME(const Q4Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks, \
                   float* out) {                                                                               \
    for (std::size_t row = 0; row < rows; ++row) {                                                             \
      const Q4Block* w = matrix + row * blocks;                                                                \
      __m256 sums[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};                                             \
      float offset = 0;                                                                                        \
      for (std::size_t b = 0; b < blocks; ++b) {                                                               \
        const float scale = scale_of(w[b].scale);                                                              \
        const __m256 dot = _mm256_cvtepi32_ps(DOT(nibbles(w[b].pairs), bytes_at(vector[b].values)));           \
        sums[b & 1U] = _mm256_fmadd_ps(_mm256_set1_ps(scale * vector[b].scale), dot, sums[b & 1U]);            \
        offset += scale * vector[b].sum;                                                                       \
      }                                                                                                        \
      out[row] = sum_of(_mm256_add_ps(sums[0], sums[1])) - kOffset * offset;                                   \
    }                                                                                                          \
  }

#define RIGWISE_Q8_ROWS(NAME, TARGET, DOT)                                                                       \
  TARGET void NAME(const Q8Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks,   \
                   float* out) {                                                                                 \
    for (std::size_t row = 0; row < rows; ++row) {                                                               \
      const Q8Block* w = matrix + row * blocks;                                                                  \
      __m256 sums[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};                                               \
      for (std::size_t b = 0; b < blocks; ++b) {                                                                 \
        const __m256i weights = bytes_at(w[b].values), values = bytes_at(vector[b].values);                      \
        /* |w| * (v with the sign of w): the first factor must not be negative. */                               \
        const __m256i sums_of_four = DOT(_mm256_sign_epi8(weights, weights), _mm256_sign_epi8(values, weights)); \
        const __m256 scale = _mm256_set1_ps(scale_of(w[b].scale) * vector[b].scale);                             \
        sums[b & 1U] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(sums_of_four), sums[b & 1U]);                   \
      }                                                                                                          \
      out[row] = sum_of(_mm256_add_ps(sums[0], sums[1]));                                                        \
    }                                                                                                            \
  }

RIGWISE_Q4_ROWS(q4_avx2, RIGWISE_AVX2, dot_avx2)
RIGWISE_Q4_ROWS(q4_vnni, RIGWISE_VNNI, dot_vnni)
RIGWISE_Q8_ROWS(q8_avx2, RIGWISE_AVX2, dot_avx2)
RIGWISE_Q8_ROWS(q8_vnni, RIGWISE_VNNI, dot_vnni)

RIGWISE_AVX2 std::uint64_t read_avx2(const std::uint64_t* words, std::size_t count) {
  __m256i sums[4] = {};
  const auto* lines = reinterpret_cast<const __m256i*>(words);
  for (std::size_t i = 0; i < count / 4; i += 4) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < 4; ++k) sums[k] = _mm256_xor_si256(sums[k], _mm256_load_si256(lines + i + k));
  }
  const __m256i all = _mm256_xor_si256(_mm256_xor_si256(sums[0], sums[1]), _mm256_xor_si256(sums[2], sums[3]));
  return static_cast<std::uint64_t>(_mm256_extract_epi64(all, 0) ^ _mm256_extract_epi64(all, 1) ^
                                    _mm256_extract_epi64(all, 2) ^ _mm256_extract_epi64(all, 3));
}

RIGWISE_VNNI std::uint64_t read_avx512(const std::uint64_t* words, std::size_t count) {
  __m512i sums[8] = {};
  for (std::size_t i = 0; i < count; i += 8 * kWordsInLine) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < 8; ++k)
      sums[k] = _mm512_xor_si512(sums[k], _mm512_load_si512(words + i + k * kWordsInLine));
  }
  RIGWISE_IN_REGISTERS
  for (std::size_t k = 1; k < 8; ++k) sums[0] = _mm512_xor_si512(sums[0], sums[k]);
  alignas(64) std::uint64_t words_of_sum[kWordsInLine];
  _mm512_store_si512(words_of_sum, sums[0]);
  std::uint64_t all = 0;
  for (const std::uint64_t word : words_of_sum) all ^= word;
  return all;
}

constexpr std::size_t kChains = 12;  // two units, latency of four to five cycles

RIGWISE_AVX2 double fma_avx2(std::size_t rounds, float* out) {
  __m256 chains[kChains];
  RIGWISE_IN_REGISTERS
  for (std::size_t k = 0; k < kChains; ++k) chains[k] = _mm256_set1_ps(static_cast<float>(k));
  const __m256 factor = _mm256_set1_ps(0.999F), summand = _mm256_set1_ps(0.5F);
  for (std::size_t round = 0; round < rounds; ++round) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < kChains; ++k) chains[k] = _mm256_fmadd_ps(chains[k], factor, summand);
  }
  *out = 0;
  RIGWISE_IN_REGISTERS
  for (const __m256& chain : chains) *out += sum_of(chain);
  return 2.0 * 8 * kChains * static_cast<double>(rounds);
}

RIGWISE_VNNI double fma_avx512(std::size_t rounds, float* out) {
  __m512 chains[kChains] = {};
  RIGWISE_IN_REGISTERS
  for (std::size_t k = 0; k < kChains; ++k) chains[k] = _mm512_set1_ps(static_cast<float>(k));
  const __m512 factor = _mm512_set1_ps(0.999F), summand = _mm512_set1_ps(0.5F);
  for (std::size_t round = 0; round < rounds; ++round) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < kChains; ++k) chains[k] = _mm512_fmadd_ps(chains[k], factor, summand);
  }
  *out = 0;
  alignas(64) float lanes[16];
  RIGWISE_IN_REGISTERS
  for (const __m512& chain : chains) {
    _mm512_store_ps(lanes, chain);
    for (const float lane : lanes) *out += lane;
  }
  return 2.0 * 16 * kChains * static_cast<double>(rounds);
}

RIGWISE_AVX2 double int8_avx2(std::size_t blocks, double* sum) {
  const __m256i signed_ones = _mm256_set1_epi8(1), wide_ones = _mm256_set1_epi16(1);
  __m256i chains[kChains] = {};
  for (std::size_t block = 0; block < blocks; ++block) {
    RIGWISE_IN_REGISTERS
    for (__m256i& chain : chains) chain = _mm256_setzero_si256();
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      RIGWISE_IN_REGISTERS
      for (__m256i& chain : chains) {
        __m256i ones = signed_ones;
        __asm__ volatile("" : "+x"(ones));  // another each time: no product is kept
        chain = _mm256_add_epi32(chain, _mm256_madd_epi16(_mm256_maddubs_epi16(ones, signed_ones), wide_ones));
      }
    }
  }
  *sum = 0;
  alignas(32) std::int32_t lanes[8];
  RIGWISE_IN_REGISTERS
  for (const __m256i& chain : chains) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), chain);
    for (const std::int32_t lane : lanes) *sum += lane;
  }
  return 2.0 * 32 * kChains * kPeakSteps * static_cast<double>(blocks);
}

RIGWISE_VNNI double int8_vnni(std::size_t blocks, double* sum) {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i chains[kChains] = {};
  for (std::size_t block = 0; block < blocks; ++block) {
    RIGWISE_IN_REGISTERS
    for (__m512i& chain : chains) chain = _mm512_setzero_si512();
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      RIGWISE_IN_REGISTERS
      for (__m512i& chain : chains) chain = _mm512_dpbusd_epi32(chain, ones, ones);
    }
  }
  *sum = 0;
  alignas(64) std::int32_t lanes[16];
  RIGWISE_IN_REGISTERS
  for (const __m512i& chain : chains) {
    _mm512_store_si512(lanes, chain);
    for (const std::int32_t lane : lanes) *sum += lane;
  }
  return 2.0 * 64 * kChains * kPeakSteps * static_cast<double>(blocks);
}

// STREAM: 32 numbers a step; the memory barrier for the compiler keeps it from calling memcpy instead.
#define RIGWISE_COPY(NAME, STORE)                                                             \
  RIGWISE_AVX2 void NAME(double* to, const double* one, std::size_t count) {                  \
    for (std::size_t i = 0; i < count; i += 32) {                                             \
      for (std::size_t k = 0; k < 32; k += 4) STORE(to + i + k, _mm256_load_pd(one + i + k)); \
      __asm__ volatile("" : : : "memory");                                                    \
    }                                                                                         \
    _mm_sfence();                                                                             \
  }

#define RIGWISE_TRIAD(NAME, STORE)                                                                           \
  RIGWISE_AVX2 void NAME(double* to, const double* one, const double* two, std::size_t count) {              \
    const __m256d three = _mm256_set1_pd(3);                                                                 \
    for (std::size_t i = 0; i < count; i += 32) {                                                            \
      for (std::size_t k = 0; k < 32; k += 4)                                                                \
        STORE(to + i + k, _mm256_fmadd_pd(three, _mm256_load_pd(two + i + k), _mm256_load_pd(one + i + k))); \
      __asm__ volatile("" : : : "memory");                                                                   \
    }                                                                                                        \
    _mm_sfence();                                                                                            \
  }

RIGWISE_COPY(copy_avx2, _mm256_store_pd)
RIGWISE_COPY(copy_streaming_avx2, _mm256_stream_pd)
RIGWISE_TRIAD(triad_avx2, _mm256_store_pd)
RIGWISE_TRIAD(triad_streaming_avx2, _mm256_stream_pd)

}  // namespace

std::vector<const CpuKernels*> wide_kernels() {
  static constexpr StreamKernels kStream = {copy_avx2, copy_streaming_avx2, triad_avx2, triad_streaming_avx2};
  static const CpuKernels kAvx2 = with_engine_layouts({.name = "AVX2",
                                                       .read = read_avx2,
                                                       .q4_rows = q4_avx2,
                                                       .q8_rows = q8_avx2,
                                                       .fma = fma_avx2,
                                                       .int8_dots = int8_avx2,
                                                       .stream = kStream});
  static const CpuKernels kVnni = with_engine_layouts({.name = "AVX-512 VNNI",
                                                       .read = read_avx512,
                                                       .q4_rows = q4_vnni,
                                                       .q8_rows = q8_vnni,
                                                       .fma = fma_avx512,
                                                       .int8_dots = int8_vnni,
                                                       .stream = kStream});
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool vnni = __builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
                    __builtin_cpu_supports("avx512bw") != 0;
  std::vector<const CpuKernels*> found;
  if (avx2) found.push_back(&kAvx2);
  if (avx2 && vnni) found.push_back(&kVnni);
  return found;
}

}  // namespace rigwise

#endif
