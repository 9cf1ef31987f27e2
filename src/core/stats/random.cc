#include "core/stats/random.h"

#include <cmath>

#include "core/stats/elementary.h"

namespace rigwise {

double Random::exponential() { return -portable_log(uniform()); }

double Random::normal() {
  for (;;) {
    const double x = 2 * uniform() - 1, y = 2 * uniform() - 1;
    const double square = x * x + y * y;
    if (square < 1 && square > 0) return x * std::sqrt(-2 * portable_log(square) / square);
  }
}

double Random::gamma(double shape) {
  if (shape < 1) {
    const double power = portable_exp(portable_log(uniform()) / shape);
    return gamma(shape + 1) * power;
  }
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double z = normal();
    const double root = 1 + c * z;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (portable_log(uniform()) < 0.5 * z * z + d - d * v + d * portable_log(v)) return d * v;
  }
}

double Random::lognormal(double mean, double cv) {
  const double variance = portable_log(1 + cv * cv);
  return mean * portable_exp(std::sqrt(variance) * normal() - variance / 2);
}

}  // namespace rigwise
