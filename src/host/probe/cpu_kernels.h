#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// 32 weights of each of eight rows, as llama.cpp lays Q4_0 out anew when it loads a file on x86: 8 bytes of each row
/// in turn, so that one vector register holds four rows.
struct Q4EightRows {
  std::uint16_t scale[8] = {};
  std::uint8_t pairs[128] = {};  ///< row r's bytes 8c .. 8c + 7 at 64c + 8r
};

/// 256 weights of each of eight rows in blocks like Q4_K, laid out anew in the same way. Weights come in eight runs of
/// 32, each with a scale and a minimum of six bits; a run of eight rows packs both into twelve bytes, as Q4_K does for
/// eight runs of one row.
struct Q4KEightRows {
  std::uint16_t scale[8] = {};
  std::uint16_t minimum[8] = {};
  std::uint8_t run_scales[96] = {};  ///< run s of all rows at 12s
  std::uint8_t pairs[1024] = {};     ///< runs 2j (low halves) and 2j + 1: row r's bytes 8c .. 8c + 7 at 256j + 64c + 8r
};

/// 256 weights of 6 bits in runs of 16, as ggml's Q6_K lays them out.
struct Q6KBlock {
  std::uint8_t low[128] = {};
  std::uint8_t high[64] = {};
  std::int8_t run_scales[16] = {};
  std::uint16_t scale = 0;
};

/// 256 activations, for the two formats before.
struct WideActivationBlock {
  float scale = 0;
  std::int8_t values[256] = {};
  std::int16_t sums[16] = {};  ///< of sixteen values each
};

/// 32 activations: what engines make of the vector before they multiply a matrix with it.
struct ActivationBlock {
  float scale = 0;
  float sum = 0;  ///< scale times the sum of the values
  std::int8_t values[32] = {};
};

static_assert(sizeof(Q4Block) == 18 && sizeof(Q8Block) == 34);
static_assert(sizeof(Q4EightRows) == 144 && sizeof(Q4KEightRows) == 1152 && sizeof(Q6KBlock) == 210);

/// STREAM's copy (to = one) and triad (to = one + 3 two), `count` numbers of them, a multiple of 32; all aligned to 64
/// bytes. Streaming ones store past the caches; null where none of ours does.
struct StreamKernels {
  using Copy = void (*)(double* to, const double* one, std::size_t count);
  using Triad = void (*)(double* to, const double* one, const double* two, std::size_t count);
  Copy copy = nullptr, copy_streaming = nullptr;
  Triad triad = nullptr, triad_streaming = nullptr;
};

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
  /// The same for layouts that engines use where the instructions suit; null where none of ours does. `rows` of the
  /// first two a multiple of eight; of the last, `weights` halves in a row, a multiple of 32.
  void (*q4_eight_rows)(const Q4EightRows* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks,
                        float* out) = nullptr;
  void (*q4k_eight_rows)(const Q4KEightRows* matrix, const WideActivationBlock* vector, std::size_t rows,
                         std::size_t blocks, float* out) = nullptr;
  void (*q6k_rows)(const Q6KBlock* matrix, const WideActivationBlock* vector, std::size_t rows, std::size_t blocks,
                   float* out) = nullptr;
  void (*f16_rows)(const std::uint16_t* matrix, const std::uint16_t* vector, std::size_t rows, std::size_t weights,
                   float* out) = nullptr;
  /// Fused multiply-adds in registers; gives how many floating-point operations it did.
  double (*fma)(std::size_t rounds, float* out) = nullptr;
  /// Dot products of bytes of one in registers: PeakLoop::run in peak_loops.h.
  double (*int8_dots)(std::size_t blocks, double* sum) = nullptr;
  StreamKernels stream;
};

/// The best kernels that the processor runs; the plain ones where nothing better is known.
const CpuKernels& best_kernels();
/// Those of this processor with a name ("avx2", "avx-512 vnni", "neon", "plain"), whatever its case; null: there are
/// none.
const CpuKernels* kernels_named(std::string_view name);
std::vector<std::string> kernel_names();
/// Plain C++, to hold the others against.
const CpuKernels& plain_kernels();

float half_to_float(std::uint16_t half);

}  // namespace rigwise
