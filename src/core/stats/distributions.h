#pragma once

namespace rigwise {

/// Distribution functions made of additions, multiplications, divisions and roots alone (elementary.h), so that an
/// interval has the same bits on every machine.

/// Share of a standard normal below x. Relative error below 1e-13 in either tail.
///     Phi(x) = 1/2 + phi(x) (x + x^3/3 + x^5/(3*5) + ...)       near 0; a continued fraction in the tails
/// From   Marsaglia, J. Stat. Software 11 (2004) 4; Abramowitz and Stegun 26.2.14.
double portable_normal_cdf(double x);

/// The x below which a share p of a standard normal lies. Takes 0 < p < 1. Relative error below 1e-13.
/// From   Wichura, Applied Statistics 37 (1988) 477, AS 241, one Newton step after it.
double normal_quantile(double p);

/// Natural logarithm of the gamma function, x > 0. Stirling's series from 10 upwards, recurrence below.
double log_gamma(double x);

/// I_x(a, b), the regularised incomplete beta function: continued fraction by Lentz's method.
/// Takes  0 <= x <= 1, a and b > 0.
double incomplete_beta(double x, double a, double b);

/// Share of Student's t below x.
///     P(T > |x|) = I_v(df/2, 1/2) / 2,   v = df/(df + x^2)
double student_t_cdf(double x, double degrees_of_freedom);
/// The x below which a share p of Student's t lies. Takes 0 < p < 1, degrees_of_freedom >= 1.
double student_t_quantile(double p, double degrees_of_freedom);

/// P(X <= successes) of n fair coins: what an exact sign or McNemar test adds up. Takes 0 <= successes <= n.
double fair_coin_cdf(int successes, int n);

}  // namespace rigwise
