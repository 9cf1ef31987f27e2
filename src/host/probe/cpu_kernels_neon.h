#pragma once

// The loops for Arm, compiled twice: with the dot product instruction and without it (each its own copy, as the
// compiler's flags of the including file say).
#if defined(__ARM_NEON)
#include <arm_neon.h>

#include "host/probe/cpu_kernels_wide.h"
#include "host/probe/peak_loops.h"

namespace rigwise {
namespace {

constexpr float kOffset = 8;

/// Sums of products of signed bytes; the dot product instruction where the compiler may use it.
int32x4_t dot(int32x4_t sums, int8x16_t a, int8x16_t b) {
#if defined(__ARM_FEATURE_DOTPROD)
  return vdotq_s32(sums, a, b);
#else
  const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
  const int16x8_t high = vmull_s8(vget_high_s8(a), vget_high_s8(b));
  return vpadalq_s16(vpadalq_s16(sums, low), high);
#endif
}

float scale_of(std::uint16_t half) { return half_to_float(half); }

void q4_neon(const Q4Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Q4Block* w = matrix + row * blocks;
    float32x4_t sums = vdupq_n_f32(0);
    float offset = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      const uint8x16_t pairs = vld1q_u8(w[b].pairs);
      const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(pairs, vdupq_n_u8(15)));
      const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(pairs, 4));
      int32x4_t products = dot(vdupq_n_s32(0), low, vld1q_s8(vector[b].values));
      products = dot(products, high, vld1q_s8(vector[b].values + 16));
      const float scale = scale_of(w[b].scale);
      sums = vmlaq_n_f32(sums, vcvtq_f32_s32(products), scale * vector[b].scale);
      offset += scale * vector[b].sum;
    }
    out[row] = vaddvq_f32(sums) - kOffset * offset;
  }
}

void q8_neon(const Q8Block* matrix, const ActivationBlock* vector, std::size_t rows, std::size_t blocks, float* out) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Q8Block* w = matrix + row * blocks;
    float32x4_t sums = vdupq_n_f32(0);
    for (std::size_t b = 0; b < blocks; ++b) {
      int32x4_t products = dot(vdupq_n_s32(0), vld1q_s8(w[b].values), vld1q_s8(vector[b].values));
      products = dot(products, vld1q_s8(w[b].values + 16), vld1q_s8(vector[b].values + 16));
      sums = vmlaq_n_f32(sums, vcvtq_f32_s32(products), scale_of(w[b].scale) * vector[b].scale);
    }
    out[row] = vaddvq_f32(sums);
  }
}

std::uint64_t read_neon(const std::uint64_t* words, std::size_t count) {
  uint64x2_t sums[4] = {vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0)};
  for (std::size_t i = 0; i < count; i += 8) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < 4; ++k)
      sums[k] = veorq_u64(sums[k], vld1q_u64(reinterpret_cast<const uint64_t*>(words + i + 2 * k)));
  }
  const uint64x2_t all = veorq_u64(veorq_u64(sums[0], sums[1]), veorq_u64(sums[2], sums[3]));
  return vgetq_lane_u64(all, 0) ^ vgetq_lane_u64(all, 1);
}

double fma_neon(std::size_t rounds, float* out) {
  constexpr std::size_t kChains = 16;
  float32x4_t chains[kChains];
  RIGWISE_IN_REGISTERS
  for (std::size_t k = 0; k < kChains; ++k) chains[k] = vdupq_n_f32(static_cast<float>(k));
  const float32x4_t factor = vdupq_n_f32(0.999F), summand = vdupq_n_f32(0.5F);
  for (std::size_t round = 0; round < rounds; ++round) {
    RIGWISE_IN_REGISTERS
    for (std::size_t k = 0; k < kChains; ++k) chains[k] = vfmaq_f32(summand, chains[k], factor);
  }
  *out = 0;
  RIGWISE_IN_REGISTERS
  for (const float32x4_t chain : chains) *out += vaddvq_f32(chain);
  return 2.0 * 4 * kChains * static_cast<double>(rounds);
}

double int8_neon(std::size_t blocks, double* sum) {
  constexpr std::size_t kChains = 16;
  const int8x16_t ones = vdupq_n_s8(1);
  int32x4_t chains[kChains] = {};
  for (std::size_t block = 0; block < blocks; ++block) {
    RIGWISE_IN_REGISTERS
    for (int32x4_t& chain : chains) chain = vdupq_n_s32(0);
    for (std::size_t step = 0; step < kPeakSteps; ++step) {
      RIGWISE_IN_REGISTERS
      for (int32x4_t& chain : chains) {
        int8x16_t others = ones;
        __asm__ volatile("" : "+w"(others));  // another each time: no product is kept
        chain = dot(chain, others, ones);
      }
    }
  }
  *sum = 0;
  RIGWISE_IN_REGISTERS
  for (const int32x4_t chain : chains) *sum += vaddvq_s32(chain);
  return 2.0 * 16 * kChains * kPeakSteps * static_cast<double>(blocks);
}

// 32 numbers a step; the memory barrier for the compiler keeps it from calling memcpy instead.
void copy_neon(double* to, const double* one, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 32) {
    for (std::size_t k = 0; k < 32; k += 2) vst1q_f64(to + i + k, vld1q_f64(one + i + k));
    __asm__ volatile("" : : : "memory");
  }
}

void triad_neon(double* to, const double* one, const double* two, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 32) {
    for (std::size_t k = 0; k < 32; k += 2)
      vst1q_f64(to + i + k, vfmaq_n_f64(vld1q_f64(one + i + k), vld1q_f64(two + i + k), 3));
    __asm__ volatile("" : : : "memory");
  }
}

}  // namespace
}  // namespace rigwise
#endif
