#pragma once

#include <compare>
#include <cstdint>

namespace rigwise {

/// A number that knows its unit. Only the products and quotients that mean something are defined below;
/// adding bytes to a bandwidth does not compile (tests/must_not_compile).
template <class Unit>
struct Quantity {
  double value = 0;

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity o) {
    value += o.value;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity o) {
    value -= o.value;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.value + b.value}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.value - b.value}; }
  friend constexpr Quantity operator*(Quantity a, double f) { return {a.value * f}; }
  friend constexpr Quantity operator*(double f, Quantity a) { return {a.value * f}; }
  friend constexpr Quantity operator/(Quantity a, double f) { return {a.value / f}; }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value / b.value; }
};

using Bytes = Quantity<struct BytesUnit>;
using BytesPerSecond = Quantity<struct BytesPerSecondUnit>;
using Flop = Quantity<struct FlopUnit>;
using FlopPerSecond = Quantity<struct FlopPerSecondUnit>;
using Seconds = Quantity<struct SecondsUnit>;
using Tokens = Quantity<struct TokensUnit>;
using TokensPerSecond = Quantity<struct TokensPerSecondUnit>;
using Watts = Quantity<struct WattsUnit>;
using Joules = Quantity<struct JoulesUnit>;

constexpr Seconds operator/(Bytes b, BytesPerSecond r) { return {b.value / r.value}; }
constexpr BytesPerSecond operator/(Bytes b, Seconds t) { return {b.value / t.value}; }
constexpr Bytes operator*(BytesPerSecond r, Seconds t) { return {r.value * t.value}; }
constexpr Seconds operator/(Flop f, FlopPerSecond r) { return {f.value / r.value}; }
constexpr TokensPerSecond operator/(Tokens n, Seconds t) { return {n.value / t.value}; }
constexpr Seconds operator/(Tokens n, TokensPerSecond r) { return {n.value / r.value}; }
constexpr Joules operator*(Watts p, Seconds t) { return {p.value * t.value}; }

inline constexpr double kGb = 1e9;                        ///< GB is 10^9 bytes, everywhere
inline constexpr double kGib = 1024.0 * 1024.0 * 1024.0;  ///< GiB is 2^30 bytes, everywhere
inline constexpr double kMib = 1024.0 * 1024.0;

constexpr Bytes gb(double n) { return {n * kGb}; }
constexpr Bytes gib(double n) { return {n * kGib}; }
constexpr Bytes mib(double n) { return {n * kMib}; }
constexpr BytesPerSecond gbps(double n) { return {n * kGb}; }
constexpr FlopPerSecond tflops(double n) { return {n * 1e12}; }
constexpr double in_gb(Bytes b) { return b.value / kGb; }
constexpr double in_gib(Bytes b) { return b.value / kGib; }

}  // namespace rigwise
