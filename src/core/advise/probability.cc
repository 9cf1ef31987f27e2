#include "core/advise/probability.h"

#include <algorithm>
#include <cmath>

namespace rigwise {

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double band_width_z(double level) {
  // The inverse by halving: 60 steps reach the last bit, and this runs once per question.
  const double wanted = 0.5 + std::clamp(level, 0.01, 0.999) / 2;
  double low = 0, high = 8;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (normal_cdf(middle) < wanted ? low : high) = middle;
  }
  return (low + high) / 2;
}

double probability_at_least(const Band& band, double z, double wanted) {
  if (wanted <= 0) return 1;
  if (band.value <= 0) return 0;
  const double distance = std::log(band.value / wanted);
  const double ratio = distance >= 0 ? band.value / std::max(band.low, 1e-12) : band.high / band.value;
  const double sigma = std::max(std::log(std::max(ratio, 1.0)) / z, 1e-6);
  return normal_cdf(distance / sigma);
}

double confidence_worth(double probability) {
  constexpr double kEnough = 0.8, kWorthOfEnough = 0.95;
  if (probability <= kEnough) return kWorthOfEnough * probability / kEnough;
  return kWorthOfEnough + (1 - kWorthOfEnough) * (probability - kEnough) / (1 - kEnough);
}

}  // namespace rigwise
