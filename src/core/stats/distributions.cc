#include "core/stats/distributions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/check.h"
#include "core/stats/elementary.h"

namespace rigwise {
namespace {

constexpr double kSqrtTwoPi = 2.50662827463100050242;
constexpr double kHalfLogTwoPi = 0.91893853320467274178;
constexpr double kFar = 37.5;  // beyond, a normal tail is below the smallest double

double normal_density(double x) { return portable_exp(-x * x / 2) / kSqrtTwoPi; }

template <std::size_t kCount>
double polynomial(const std::array<double, kCount>& from_lowest, double x) {
  double sum = 0;
  for (std::size_t i = kCount; i > 0; --i) sum = sum * x + from_lowest[i - 1];
  return sum;
}

/// AS 241's rational functions: the middle, the near and the far tails.
double wichura(double p) {
  constexpr std::array kA = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                             1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                             3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr std::array kB = {1.0,
                             4.2313330701600911252e+1,
                             6.8718700749205790830e+2,
                             5.3941960214247511077e+3,
                             2.1213794301586595867e+4,
                             3.9307895800092710610e+4,
                             2.8729085735721942674e+4,
                             5.2264952788528545610e+3};
  constexpr std::array kC = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                             3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array kD = {1.0,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  constexpr std::array kE = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                             2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array kF = {1.0,
                             5.99832206555887937690e-1,
                             1.36929880922735805310e-1,
                             1.48753612908506148525e-2,
                             7.86869131145613259100e-4,
                             1.84631831751005468180e-5,
                             1.42151175831644588870e-7,
                             2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-portable_log(std::min(p, 1 - p)));
  const double far =
      r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6) : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -far : far;
}

/// The continued fraction of the incomplete beta function, by modified Lentz.
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300, kEnough = 1e-16;
  constexpr int kMost = 500;
  const auto held = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / held(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= kMost; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / held(1 + even * d);
    c = held(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / held(1 + odd * d);
    c = held(1 + odd / c);
    const double step = d * c;
    fraction *= step;
    if (std::abs(step - 1) < kEnough) break;
  }
  return fraction;
}

}  // namespace

double portable_normal_cdf(double x) {
  constexpr double kSeries = 2.5;  // beyond, the series would lose the tail's digits against the half
  constexpr int kFractions = 200;
  if (x > kFar) return 1;
  if (x < -kFar) return 0;
  if (std::abs(x) < kSeries) {
    double sum = x, term = x;
    for (int n = 3; std::abs(term) > 1e-18 * std::abs(sum); n += 2) sum += term *= x * x / n;
    return 0.5 + normal_density(x) * sum;
  }
  const double far = std::abs(x);
  double fraction = far;
  for (int n = kFractions; n >= 1; --n) fraction = far + n / fraction;
  const double tail = normal_density(far) / fraction;
  return x < 0 ? tail : 1 - tail;
}

double normal_quantile(double p) {
  RW_CHECK(p > 0 && p < 1);
  const double x = wichura(p);
  const double density = normal_density(x);
  return density > 0 ? x - (portable_normal_cdf(x) - p) / density : x;
}

double log_gamma(double x) {
  RW_CHECK(x > 0);
  double shift = 0;
  for (; x < 10; x += 1) shift += portable_log(x);
  const double square = 1 / (x * x);
  const double series =
      (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * portable_log(x) - x + kHalfLogTwoPi + series - shift;
}

double incomplete_beta(double x, double a, double b) {
  RW_CHECK(x >= 0 && x <= 1 && a > 0 && b > 0);
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      portable_exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * portable_log(x) + b * portable_log(1 - x));
  // The fraction converges fast on this side of the mean only.
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double student_t_cdf(double x, double degrees_of_freedom) {
  const double tail =
      incomplete_beta(degrees_of_freedom / (degrees_of_freedom + x * x), degrees_of_freedom / 2, 0.5) / 2;
  return x > 0 ? 1 - tail : tail;
}

double student_t_quantile(double p, double degrees_of_freedom) {
  RW_CHECK(p > 0 && p < 1 && degrees_of_freedom >= 1);
  if (p < 0.5) return -student_t_quantile(1 - p, degrees_of_freedom);
  double low = 0, high = 2;
  while (student_t_cdf(high, degrees_of_freedom) < p && high < 1e300) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-14 * high; ++i) {
    const double middle = (low + high) / 2;
    (student_t_cdf(middle, degrees_of_freedom) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

double fair_coin_cdf(int successes, int n) {
  RW_CHECK(successes >= 0 && successes <= n);
  const double log_half = portable_log(0.5);
  double sum = 0;
  for (int k = 0; k <= successes; ++k) {
    sum += portable_exp(log_gamma(n + 1.0) - log_gamma(k + 1.0) - log_gamma(n - k + 1.0) + n * log_half);
  }
  return std::min(sum, 1.0);
}

}  // namespace rigwise
