#include "core/stats/paired.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "core/base/check.h"
#include "core/stats/distributions.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

/// Share of all sign patterns whose sum is as large as the one seen. A Gray code flips one sign a step.
double exact_sign_flip(const std::vector<double>& sizes, double seen) {
  double sum = 0;
  for (const double size : sizes) sum += size;
  const double enough = seen - 1e-10 * std::max(sum, 1e-300);
  std::vector<bool> negative(sizes.size());
  const std::uint64_t patterns = std::uint64_t{1} << sizes.size();
  std::uint64_t hits = 0;
  for (std::uint64_t pattern = 1;; ++pattern) {
    if (std::abs(sum) >= enough) ++hits;
    if (pattern == patterns) break;
    const auto flipped = static_cast<std::size_t>(std::countr_zero(pattern));
    sum += (negative[flipped] ? 2 : -2) * sizes[flipped];
    negative[flipped] = !negative[flipped];
  }
  return static_cast<double>(hits) / static_cast<double>(patterns);
}

double drawn_sign_flip(const std::vector<double>& sizes, double seen, std::uint64_t seed) {
  const double enough = seen - 1e-10 * std::accumulate(sizes.begin(), sizes.end(), 1e-300);
  // Both signs side by side: a branch on a coin is guessed wrong every other time.
  std::vector<double> either;
  either.reserve(2 * sizes.size());
  for (const double size : sizes) {
    either.push_back(-size);
    either.push_back(size);
  }
  int hits = 0;
  Random random(seed, 2, 0);
  for (int draw = 0; draw < kSignFlipDraws; ++draw) {
    double sum = 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (i % 64 == 0) bits = random.next();
      sum += either[2 * i + (bits & 1)];
      bits >>= 1;
    }
    if (std::abs(sum) >= enough) ++hits;
  }
  return (1.0 + hits) / (1.0 + kSignFlipDraws);
}

/// The sum of many coins of these sizes, as a normal.
double normal_sign_flip(const std::vector<double>& sizes, double seen) {
  double variance = 0;
  for (const double size : sizes) variance += size * size;
  return std::min(1.0, 2 * portable_normal_cdf(-seen / std::sqrt(variance)));
}

std::vector<TaskFamily> one_each(std::span<const double> values) {
  std::vector<TaskFamily> families;
  families.reserve(values.size());
  for (const double value : values) families.push_back({value});
  return families;
}

}  // namespace

double sign_flip_p(std::span<const double> family_differences, std::uint64_t seed) {
  std::vector<double> sizes;
  sizes.reserve(family_differences.size());
  double seen = 0;
  for (const double difference : family_differences) {
    seen += difference;
    if (difference != 0) sizes.push_back(std::abs(difference));
  }
  if (sizes.empty()) return 1;
  if (sizes.size() <= kMostExactFamilies) return exact_sign_flip(sizes, std::abs(seen));
  if (sizes.size() <= kMostDrawnFamilies) return drawn_sign_flip(sizes, std::abs(seen), seed);
  return normal_sign_flip(sizes, std::abs(seen));
}

double mcnemar_exact_p(int only_first, int only_second) {
  RW_CHECK(only_first >= 0 && only_second >= 0);
  if (only_first + only_second == 0) return 1;
  return std::min(1.0, 2 * fair_coin_cdf(std::min(only_first, only_second), only_first + only_second));
}

std::vector<double> holm(std::span<const double> p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, static_cast<double>(order.size() - i) * p_values[order[i]]);
    corrected[order[i]] = std::min(1.0, largest);
  }
  return corrected;
}

std::optional<double> equivalence_p(std::span<const double> family_differences, double margin) {
  const std::vector<TaskFamily> families = one_each(family_differences);
  const ClusteredMean mean = clustered_mean(families, 0.95, -1e300, 1e300);
  if (!mean.standard_error) return std::nullopt;
  if (*mean.standard_error <= 0) return std::abs(mean.mean) < margin ? 0.0 : 1.0;
  const double freedom = mean.families - 1;
  const double above = student_t_cdf(-(mean.mean + margin) / *mean.standard_error, freedom);
  const double below = student_t_cdf((mean.mean - margin) / *mean.standard_error, freedom);
  return std::max(above, below);
}

PairComparison compare_families(std::span<const double> family_differences, double margin) {
  const std::vector<TaskFamily> families = one_each(family_differences);
  const ClusteredMean mean = clustered_mean(families, 0.95, -1, 1);
  PairComparison comparison;
  comparison.mean_difference = mean.mean;
  comparison.families = mean.families;
  comparison.interval = mean.interval;
  comparison.p = sign_flip_p(family_differences);
  comparison.equivalence = equivalence_p(family_differences, margin);
  return comparison;
}

PairVerdict verdict_of(const PairComparison& comparison, double corrected_p, double level) {
  if (comparison.families < kFamiliesToCompare) return PairVerdict::too_few_families;
  const bool alike = comparison.equivalence && *comparison.equivalence < level;
  if (corrected_p < level && !alike) {
    return comparison.mean_difference > 0 ? PairVerdict::first_better : PairVerdict::second_better;
  }
  return alike ? PairVerdict::equivalent : PairVerdict::no_difference_shown;
}

}  // namespace rigwise
