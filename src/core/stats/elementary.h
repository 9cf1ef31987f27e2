#pragma once

namespace rigwise {

/// Logarithm and exponential made of additions, multiplications and divisions alone.
///
/// The standard ones differ in the last bits between C libraries and between processors; a simulation whose arrival
/// moves by a nanosecond may order two events the other way and end elsewhere. These give the same bits everywhere.

/// Natural logarithm, within 4 units in the last place.
///     x = m 2^e, sqrt(1/2) <= m < sqrt(2);   ln x = e ln 2 + 2 (s + s^3/3 + ... + s^21/21),   s = (m - 1)/(m + 1)
/// Takes  a normal positive number.
double portable_log(double x);

/// e^x, within 4 units in the last place.
///     x = k ln 2 + r, |r| <= ln(2)/2;   e^x = 2^k (1 + r + r^2/2! + ... + r^14/14!)
/// Takes  |x| <= 700; beyond, the value at the border.
double portable_exp(double x);

}  // namespace rigwise
