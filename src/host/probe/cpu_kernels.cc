#include "host/probe/cpu_kernels.h"

#include <bit>
#include <cmath>

#include "core/base/text.h"
#include "host/probe/cpu_kernels_wide.h"
#include "host/probe/peak_loops.h"

namespace rigwise {
namespace {

constexpr std::size_t kBlock = 32;
constexpr float kOffset = 8;

std::uint64_t read_plain(const std::uint64_t* words, std::size_t count) {
  std::uint64_t sums[8] = {};
  for (std::size_t i = 0; i < count; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) sums[k] ^= words[i + k];
  }
  std::uint64_t all = 0;
  for (const std::uint64_t sum : sums) all ^= sum;
  return all;
}

void q4_plain(const Q4Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    float total = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      const Q4Block& w = matrix[row * blocks + b];
      int dot = 0;
      for (std::size_t i = 0; i < kBlock / 2; ++i) {
        dot += (w.pairs[i] & 15) * vector[b].values[i] + (w.pairs[i] >> 4) * vector[b].values[i + kBlock / 2];
      }
      const float scale = half_to_float(w.scale);
      total += scale * (vector[b].scale * static_cast<float>(dot) - kOffset * vector[b].sum);
    }
    out[row] = total;
  }
}

void q8_plain(const Q8Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    float total = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      const Q8Block& w = matrix[row * blocks + b];
      int dot = 0;
      for (std::size_t i = 0; i < kBlock; ++i) dot += w.values[i] * vector[b].values[i];
      total += half_to_float(w.scale) * vector[b].scale * static_cast<float>(dot);
    }
    out[row] = total;
  }
}

/// Steps of `count` numbers, behind each of which the compiler must take memory as changed: it would call memcpy, which
/// stores past the caches where it sees fit.
#define RIGWISE_KEEP_LOOP __asm__ volatile("" : : : "memory")

constexpr std::size_t kStreamStep = 32;

void copy_plain(double* to, const double* one, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kStreamStep) {
    for (std::size_t k = 0; k < kStreamStep; ++k) to[i + k] = one[i + k];
    RIGWISE_KEEP_LOOP;
  }
}

void triad_plain(double* to, const double* one, const double* two, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kStreamStep) {
    for (std::size_t k = 0; k < kStreamStep; ++k) to[i + k] = one[i + k] + 3 * two[i + k];
    RIGWISE_KEEP_LOOP;
  }
}

double int8_plain(std::size_t blocks, double* sum) {
  constexpr std::size_t kLanes = 64;
  std::int32_t lanes[kLanes];
  std::int8_t ones[kLanes];
  for (std::int8_t& one : ones) one = 1;
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::int32_t& lane : lanes) lane = 0;
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      __asm__ volatile("" : : "r"(ones) : "memory");  // they might have changed: nothing is summed beforehand
      for (std::size_t k = 0; k < kLanes; ++k) lanes[k] += ones[k] * ones[k];
    }
  }
  *sum = 0;
  for (const std::int32_t lane : lanes) *sum += lane;
  return 2.0 * kLanes * kPeakSteps * static_cast<double>(blocks);
}

double fma_plain(std::size_t rounds, float* out) {
  constexpr std::size_t kChains = 32;
  float chains[kChains] = {};
  for (std::size_t round = 0; round < rounds; ++round) {
    for (float& chain : chains) chain = chain * 0.999F + 0.5F;
  }
  float sum = 0;
  for (const float chain : chains) sum += chain;
  *out = sum;
  return 2.0 * kChains * static_cast<double>(rounds);
}

}  // namespace

float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 31U, fraction = half & 0x3FFU;
  if (exponent == 0) {
    const float tiny = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -tiny : tiny;
  }
  const std::uint32_t wide = exponent == 31 ? 0x7F800000U : (exponent + 112U) << 23U;
  return std::bit_cast<float>(sign | wide | (fraction << 13U));
}

const CpuKernels& plain_kernels() {
  static const CpuKernels kPlain{.name = "plain",
                                 .read = read_plain,
                                 .q4_rows = q4_plain,
                                 .q8_rows = q8_plain,
                                 .fma = fma_plain,
                                 .int8_dots = int8_plain,
                                 .stream = {copy_plain, nullptr, triad_plain, nullptr}};
  return kPlain;
}

const CpuKernels& best_kernels() {
  const std::vector<const CpuKernels*> wide = wide_kernels();
  return wide.empty() ? plain_kernels() : *wide.back();
}

const CpuKernels* kernels_named(std::string_view name) {
  std::vector<const CpuKernels*> all = wide_kernels();
  all.push_back(&plain_kernels());
  for (const CpuKernels* kernels : all) {
    if (lower(kernels->name) == lower(name)) return kernels;
  }
  return nullptr;
}

std::vector<std::string> kernel_names() {
  std::vector<std::string> names = {lower(plain_kernels().name)};
  for (const CpuKernels* kernels : wide_kernels()) names.push_back(lower(kernels->name));
  return names;
}

}  // namespace rigwise
