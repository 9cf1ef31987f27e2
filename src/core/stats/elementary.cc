#include "core/stats/elementary.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace rigwise {
namespace {

/// ln 2 in two pieces: the first has its low bits zero, so that a small integer times it is exact.
constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr int kMantissaBits = 52, kBias = 1023;
constexpr std::uint64_t kMantissa = (std::uint64_t{1} << kMantissaBits) - 1;

}  // namespace

double portable_log(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> kMantissaBits) - kBias + 1;
  // The same mantissa with the exponent of [1/2, 1).
  double m = std::bit_cast<double>((bits & kMantissa) | (std::uint64_t{kBias - 1} << kMantissaBits));
  if (m < kSqrtHalf) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double sum = 0;
  for (int n = 21; n >= 3; n -= 2) sum = (sum + 1.0 / n) * square;
  return exponent * kLn2High + (2 * s + (2 * s * sum + exponent * kLn2Low));
}

double portable_exp(double x) {
  x = std::clamp(x, -700.0, 700.0);
  const int k = static_cast<int>(x / kLn2High + (x < 0 ? -0.5 : 0.5));
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int n = 14; n >= 1; --n) sum = 1 + sum * r / n;
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(k + kBias) << kMantissaBits);
}

}  // namespace rigwise
