#pragma once

#include <optional>
#include <span>
#include <vector>

namespace rigwise {

/// One judged thing: what each rater said, 0 .. categories - 1, or nothing.
using Ratings = std::vector<std::optional<int>>;

/// How far apart two categories are, for the coefficients below.
enum class RatingWeights {
  identity,   ///< the same or not
  quadratic,  ///< 1 - (i - j)^2/(q - 1)^2
};

/// How often two raters chose which pair: counts[first][second].
struct Confusion {
  std::vector<std::vector<int>> counts;
  int total = 0;
};

/// Takes  ratings of at least two raters; units that either left out do not count.
Confusion confusion_of(std::span<const Ratings> units, int categories, std::size_t first = 0, std::size_t second = 1);

/// Share of pairs that are the same; nothing without pairs. Alone it flatters: where nearly all is good, two coins
/// agree.
std::optional<double> raw_agreement(const Confusion& confusion);

/// Cohen's kappa of two raters.
///     1 - sum d_ij o_ij / sum d_ij e_ij,   d_ij = (i - j)^2, or 1 where i != j
/// Gives  nothing when chance leaves no room (both always say the same one).
/// From   Cohen, Psychol. Bull. 70 (1968) 213.
std::optional<double> cohen_kappa(const Confusion& confusion, RatingWeights weights = RatingWeights::quadratic);

/// Krippendorff's alpha with the ordinal difference; any number of raters, gaps allowed.
///     alpha = 1 - D_o/D_e,   d_ck = (n_c/2 + n_(c+1) + ... + n_(k-1) + n_k/2)^2
/// Gives  nothing when there is no unit with two ratings, or only one category was ever used.
/// From   Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); his example, 0.815, in the test.
std::optional<double> krippendorff_alpha_ordinal(std::span<const Ratings> units, int categories);

/// Gwet's agreement coefficient: AC2 with quadratic weights, AC1 with identity. Does not collapse where one category is
/// common, as kappa does.
///     (p_a - p_e)/(1 - p_e),   p_e = T_w/(q (q - 1)) sum pi_k (1 - pi_k)
/// From   Gwet, Handbook of Inter-Rater Reliability (2014), chapter 5; his AC1 of 0.775 in the test.
std::optional<double> gwet_ac(std::span<const Ratings> units, int categories,
                              RatingWeights weights = RatingWeights::quadratic);

/// Spearman's rank correlation; equal values share their mean rank. Nothing for fewer than two pairs or a constant.
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);

/// What an ordinal alpha allows to be said: below 0.667 scores are shown grey and not ranked.
enum class Reliability { reliable, tentative, unreliable };
Reliability reliability_of(double alpha);

}  // namespace rigwise
