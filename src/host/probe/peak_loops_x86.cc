#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <cstdint>

#include "host/probe/cpu_kernels_wide.h"
#include "host/probe/peak_loops.h"

// Each function is compiled for the instructions it names, whatever the rest of the program is compiled for.
#define RIGWISE_AVX_VNNI __attribute__((target("avx2,avxvnni")))
#define RIGWISE_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define RIGWISE_TILES __attribute__((target("amx-tile,amx-int8,amx-bf16")))

namespace rigwise {
namespace {

constexpr std::size_t kChains = 12;  // two units, latency of four to five cycles
constexpr std::uint16_t kOneInBf16 = 0x3F80;

RIGWISE_AVX_VNNI double int8_avx_vnni(std::size_t blocks, double* sum) {
  const __m256i ones = _mm256_set1_epi8(1);
  __m256i chains[kChains] = {};
  for (std::size_t block = 0; block < blocks; ++block) {
    RIGWISE_IN_REGISTERS
    for (__m256i& chain : chains) chain = _mm256_setzero_si256();
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      RIGWISE_IN_REGISTERS
      for (__m256i& chain : chains) chain = _mm256_dpbusd_avx_epi32(chain, ones, ones);
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

RIGWISE_BF16 double bf16_avx512(std::size_t blocks, double* sum) {
  const __m512i bits = _mm512_set1_epi16(static_cast<short>(kOneInBf16));
  const __m512bh ones = *reinterpret_cast<const __m512bh*>(&bits);  // a vector of the same size, by its own rule
  __m512 chains[kChains] = {};
  for (std::size_t block = 0; block < blocks; ++block) {
    RIGWISE_IN_REGISTERS
    for (__m512& chain : chains) chain = _mm512_setzero_ps();
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      RIGWISE_IN_REGISTERS
      for (__m512& chain : chains) chain = _mm512_dpbf16_ps(chain, ones, ones);
    }
  }
  *sum = 0;
  alignas(64) float lanes[16];
  RIGWISE_IN_REGISTERS
  for (const __m512& chain : chains) {
    _mm512_store_ps(lanes, chain);
    for (const float lane : lanes) *sum += lane;
  }
  return 2.0 * 32 * kChains * kPeakSteps * static_cast<double>(blocks);
}

/// Eight tiles of sixteen rows of 64 bytes (Intel's manual, LDTILECFG, palette 1).
struct TileShapes {
  std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileShapes) == 64);

constexpr std::size_t kTileWords = 256, kSums = 4;
constexpr int kRowStride = 64;

// One body, two kinds of number: the instructions' operands are part of their names.
#define RIGWISE_TILE_LOOP(NAME, MULTIPLY, NUMBER, ONES, ADDS_OF_STEP)               \
  RIGWISE_TILES double NAME(std::size_t blocks, double* sum) {                      \
    alignas(64) const TileShapes shapes;                                            \
    alignas(64) std::uint32_t ones[kTileWords];                                     \
    for (std::uint32_t& word : ones) word = (ONES);                                 \
    _tile_loadconfig(&shapes);                                                      \
    _tile_loadd(4, ones, kRowStride);                                               \
    _tile_loadd(5, ones, kRowStride);                                               \
    _tile_loadd(6, ones, kRowStride);                                               \
    _tile_loadd(7, ones, kRowStride);                                               \
    for (std::size_t block = 0; block < blocks; ++block) {                          \
      _tile_zero(0);                                                                \
      _tile_zero(1);                                                                \
      _tile_zero(2);                                                                \
      _tile_zero(3);                                                                \
      for (std::size_t step = 0; step < kPeakSteps; ++step) {                       \
        MULTIPLY(0, 4, 6);                                                          \
        MULTIPLY(1, 4, 7);                                                          \
        MULTIPLY(2, 5, 6);                                                          \
        MULTIPLY(3, 5, 7);                                                          \
      }                                                                             \
    }                                                                               \
    alignas(64) NUMBER sums[kSums * kTileWords];                                    \
    _tile_stored(0, sums, kRowStride);                                              \
    _tile_stored(1, sums + kTileWords, kRowStride);                                 \
    _tile_stored(2, sums + 2 * kTileWords, kRowStride);                             \
    _tile_stored(3, sums + 3 * kTileWords, kRowStride);                             \
    _tile_release();                                                                \
    *sum = 0;                                                                       \
    for (const NUMBER one : sums) *sum += static_cast<double>(one);                 \
    return 2.0 * kSums * (ADDS_OF_STEP) * kPeakSteps * static_cast<double>(blocks); \
  }

constexpr std::uint32_t kFourBytesOfOne = 0x01010101U, kTwoHalvesOfOne = kOneInBf16 * 0x10001U;
RIGWISE_TILE_LOOP(int8_tiles, _tile_dpbssd, std::int32_t, kFourBytesOfOne, 16 * 16 * 64)
RIGWISE_TILE_LOOP(bf16_tiles, _tile_dpbf16ps, float, kTwoHalvesOfOne, 16 * 16 * 32)

struct Leaf {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

Leaf leaf_seven(unsigned part) {
  Leaf leaf;
  if (__get_cpuid_count(7, part, &leaf.a, &leaf.b, &leaf.c, &leaf.d) == 0) return {};
  return leaf;
}

bool has_bit(unsigned word, unsigned bit) { return (word >> bit & 1U) != 0; }

/// Whether the system lets this process use tiles: it wants to be asked once, since they make each switch of a task
/// dearer.
bool are_tiles_granted() {
#if defined(__linux__) && defined(SYS_arch_prctl)
  constexpr int kRequestComponent = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  static const bool kGranted = syscall(SYS_arch_prctl, kRequestComponent, kTileData) == 0;
  return kGranted;
#else
  return false;
#endif
}

PeakLoop tile_loop(const char* what, const char* instructions, bool is_there, double (*run)(std::size_t, double*)) {
  if (!is_there) return {what, "", nullptr, "this processor has no tiles (AMX)"};
  if (!are_tiles_granted()) return {what, "", nullptr, "the system does not let programs use tiles (AMX)"};
  return {what, instructions, run, ""};
}

}  // namespace

std::vector<PeakLoop> further_peak_loops() {
  __builtin_cpu_init();
  constexpr unsigned kBf16 = 5, kTileBf16 = 22, kTiles = 24, kTileInt8 = 25;  // Intel's manual, CPUID leaf 7
  const Leaf features = leaf_seven(0), more = leaf_seven(1);
  const bool has_bf16 = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
                        __builtin_cpu_supports("avx512vl") != 0 && has_bit(more.a, kBf16);
  const bool has_tiles = has_bit(features.d, kTiles);
  return {has_bf16 ? PeakLoop{"bf16", "AVX-512 BF16", bf16_avx512, ""}
                   : PeakLoop{"bf16", "", nullptr, "this processor has no bf16 arithmetic (AVX-512 BF16)"},
          tile_loop("int8 tiles", "AMX-INT8", has_tiles && has_bit(features.d, kTileInt8), int8_tiles),
          tile_loop("bf16 tiles", "AMX-BF16", has_tiles && has_bit(features.d, kTileBf16), bf16_tiles)};
}

double (*avx_vnni_int8())(std::size_t, double*) {
  __builtin_cpu_init();
  constexpr unsigned kAvxVnni = 4;
  return __builtin_cpu_supports("avx2") != 0 && has_bit(leaf_seven(1).a, kAvxVnni) ? int8_avx_vnni : nullptr;
}

}  // namespace rigwise

#endif
