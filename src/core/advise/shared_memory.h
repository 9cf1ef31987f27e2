#pragma once

#include <cmath>

#include "core/advise/probability.h"

namespace rigwise {

/// Several models in one memory: their sizes by shape are known to 5 % at 80 % (sizing/memory.h), so 4 % is one
/// standard deviation, and they err independently.
inline constexpr double kMemorySigma = 0.04;
inline constexpr double kLeastMemoryZ = 0.5244;  ///< 70 %, the least that counts as "likely fits"

/// That a need with this variance fits.
inline double memory_probability(double used, double variance, double available) {
  if (variance <= 0) return used <= available ? 1 : 0;
  return normal_cdf((available - used) / std::sqrt(variance));
}

/// Whether it fits likely.
inline bool fits_likely(double used, double variance, double available) {
  return available - used >= kLeastMemoryZ * std::sqrt(variance);
}

}  // namespace rigwise
