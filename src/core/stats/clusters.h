#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rigwise {

/// A range that covers the true value in `confidence` of all repetitions.
struct Interval {
  double low = 0, high = 0;
};

/// Wilson's interval of a pass rate; right from the first task on, where mean plus or minus two errors is not.
/// Takes  0 <= passed <= tasks, tasks >= 1.
/// From   Wilson, J. Am. Stat. Assoc. 22 (1927) 209; figures of Newcombe, Stat. Med. 17 (1998) 857 in the test.
Interval pass_rate_interval(int passed, int tasks, double confidence = 0.95);

/// The scores of the tasks of one family: variants and translations of one source, which pass and fail together.
/// Repeated samples of a task are averaged before they get here.
using TaskFamily = std::vector<double>;

/// How an interval of a mean was made.
enum class IntervalMethod { t_clustered, bca_bootstrap };

/// A mean over tasks, and how far to trust it.
struct ClusteredMean {
  double mean = 0;  ///< every task counts once
  int tasks = 0, families = 0;
  std::optional<double> standard_error;  ///< clustered; nothing with one family
  std::optional<double> design_effect;   ///< clustered variance over that of independent tasks
  std::optional<Interval> interval;      ///< nothing with fewer than two families
  IntervalMethod method = IntervalMethod::t_clustered;
};

/// From this many families on Student's t is right enough; below, the bootstrap is.
inline constexpr int kFamiliesForT = 30;
inline constexpr int kBootstrapDraws = 10'000;
inline constexpr std::uint64_t kBootstrapSeed = 20'261'122;

/// Mean of scores in [0, 1] with its interval: t with families - 1 degrees of freedom from 30 families on, else BCa.
///
///     SE^2 = G/(G - 1) * sum_g (sum_{i in g} (x_i - mean))^2 / n^2
///
/// Gives  the interval cut to [least, most]: a score is never above 1.
/// Holds  for families drawn independently; tasks within one may depend on each other in any way. Of scores that are
///        nearly all alike no method covers well before some thirty families; ranks are not claimed before.
/// From   Miller, arXiv 2411.00640, section 2.2; the factor G/(G - 1) is that of few clusters (Cameron and Miller
/// 2015).
ClusteredMean clustered_mean(std::span<const TaskFamily> families, double confidence = 0.95, double least = 0,
                             double most = 1);

/// Interval of a mean when every family scored the same, where spread says nothing: a kind of family that was not seen
/// may be a share of up to u of all, and score anything.
///     u = 1 - ((1 - confidence)/2)^(1/G)
Interval interval_of_like_families(double mean, int families, double confidence, double least, double most);

/// Bias-corrected and accelerated bootstrap of the mean over tasks: whole families are drawn, acceleration comes from
/// leaving one family out, and the ends are widened to those of Student's t: plain BCa covered 89 % with 10 families
/// and 92 % with 20 in place of 95 %, widened it covers 93 % and 94 % (normal scores; more when they are skewed).
/// The draws belong to the seed, so that the same scores give the same interval.
/// Takes  two families or more. Gives a single point when all families are alike.
/// From   Efron, J. Am. Stat. Assoc. 82 (1987) 171; widening: Hesterberg, Am. Statistician 69 (2015) 371.
Interval bca_interval(std::span<const TaskFamily> families, double confidence = 0.95, int draws = kBootstrapDraws,
                      std::uint64_t seed = kBootstrapSeed);

/// Variance inflation by clusters.   1 + (m - 1) rho
/// Takes  m tasks in each family, correlation rho within.
double design_effect(double tasks_per_family, double correlation);

/// Between which ranks (1 is best) a contestant stands in 95 % of the draws.
struct RankInterval {
  int low = 1, high = 1;
};

/// Bootstrap ranks of several contestants over the same families, drawn for all together. Equal means share the better
/// rank, so that those who cannot be told apart overlap.
/// Takes  one row per contestant, one mean per family, rows of equal length; `draws` at most: beyond 1,000 families
///        fewer, down to 500, so that picks stay below ten million.
std::vector<RankInterval> rank_intervals(std::span<const std::vector<double>> family_means, double confidence = 0.95,
                                         int draws = kBootstrapDraws, std::uint64_t seed = kBootstrapSeed);

}  // namespace rigwise
