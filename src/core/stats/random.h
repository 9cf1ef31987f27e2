#pragma once

#include <cstdint>

namespace rigwise {

/// Random numbers that are the same everywhere: one generator and a few samplers of our own, because the
/// distributions of <random> differ between standard libraries, and so do log() and exp() (elementary.h).
///
/// The generator is SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. Streams are made from a
/// seed and names, so that the n-th request looks the same in every run that is compared with another.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// The numbers that belong to `index` of `stream` under a seed, whatever else was drawn before.
  Random(std::uint64_t seed, std::uint64_t stream, std::uint64_t index)
      : state_(mixed(mixed(mixed(seed + kStep) ^ stream) + kStep) ^ index * kStep) {}

  std::uint64_t next() { return mixed(state_ += kStep); }
  /// Even in (0, 1): never 0, never 1.
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }
  /// Even in 0 .. count - 1. Takes count >= 1.
  std::uint64_t below(std::uint64_t count) { return next() % count; }

  /// Mean 1.
  double exponential();
  /// Mean 0, deviation 1 (Marsaglia's polar method).
  double normal();
  /// Mean `shape`, variance `shape` (Marsaglia and Tsang 2000; below 1 by a power of a uniform). Takes shape > 0.
  double gamma(double shape);
  /// Mean and coefficient of variation as given.
  ///     exp(ln(mean) - v/2 + sqrt(v) z),   v = ln(1 + cv^2)
  double lognormal(double mean, double cv);

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  static constexpr std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace rigwise
