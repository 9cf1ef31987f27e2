#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/stats/clusters.h"

namespace rigwise {

/// Two contestants over the same tasks. All tests are two-sided, and all take the mean difference of each family: a
/// family is one draw, however many variants it has.

/// Chance of a mean as far from 0 as the one seen, were every family's sign a coin's.
/// Gives  the exact share of the 2^n sign patterns up to 20 families (zeros do not count); up to 2,000
///        (1 + hits)/(1 + draws) of 100,000 patterns that belong to the seed; beyond, the normal that sums of so many
///        bounded coins follow,  2 Phi(-|sum d| / sqrt(sum d^2));  1 without differences.
/// From   Fisher, The Design of Experiments (1935), section 21: Darwin's plants, p = 0.05267, in the test.
double sign_flip_p(std::span<const double> family_differences, std::uint64_t seed = kBootstrapSeed);

inline constexpr int kMostExactFamilies = 20;
inline constexpr std::size_t kMostDrawnFamilies = 2000;
inline constexpr int kSignFlipDraws = 100'000;

/// Exact McNemar test: tasks that only the first passed against tasks that only the second did.
///     p = min(1, 2 P(X <= min(b, c))),   X ~ Binomial(b + c, 1/2)
/// Gives  1 without discordant tasks. With fewer than six p cannot fall below 0.05.
double mcnemar_exact_p(int only_first, int only_second);

/// Holm's step-down correction for several comparisons shown together.
///     the i-th smallest p becomes max over j <= i of (m - j + 1) p_(j), at most 1
/// Gives  corrected values in the order given.
/// From   Holm, Scand. J. Statist. 6 (1979) 65.
std::vector<double> holm(std::span<const double> p_values);

/// Larger p of the two one-sided t tests that the mean difference is above -margin and below +margin.
/// Gives  nothing with fewer than two families. Below 0.05: equivalent within the margin.
/// From   Schuirmann, J. Pharmacokin. Biopharm. 15 (1987) 657.
std::optional<double> equivalence_p(std::span<const double> family_differences, double margin);

/// What may be said of two contestants. Nothing else may: a bare rank is not among them.
enum class PairVerdict { first_better, second_better, no_difference_shown, equivalent, too_few_families };

struct PairComparison {
  double mean_difference = 0;  ///< first minus second, families count equally
  int families = 0;
  std::optional<Interval> interval;   ///< of the mean difference
  double p = 1;                       ///< sign flip, uncorrected
  std::optional<double> equivalence;  ///< p of equivalence within the margin
};

inline constexpr double kEquivalenceMargin = 0.05;
inline constexpr int kFamiliesToCompare = 30;

PairComparison compare_families(std::span<const double> family_differences, double margin = kEquivalenceMargin);

/// Turns a comparison and its corrected p into words that it supports. Below 30 families there are none.
PairVerdict verdict_of(const PairComparison& comparison, double corrected_p, double level = 0.05);

}  // namespace rigwise
