#include "core/stats/clusters.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/stats/distributions.h"
#include "core/stats/elementary.h"
#include "core/stats/quantile.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

/// All the bootstrap needs of a family.
struct Total {
  double sum = 0;
  double count = 0;
};

std::vector<Total> totals_of(std::span<const TaskFamily> families) {
  std::vector<Total> totals;
  totals.reserve(families.size());
  for (const TaskFamily& family : families) {
    if (family.empty()) continue;
    Total total;
    for (const double score : family) total.sum += score;
    total.count = static_cast<double>(family.size());
    totals.push_back(total);
  }
  return totals;
}

Total total_of(const std::vector<Total>& totals) {
  Total all;
  for (const Total& total : totals) {
    all.sum += total.sum;
    all.count += total.count;
  }
  return all;
}

/// Sorted means of families drawn with replacement.
std::vector<double> drawn_means(const std::vector<Total>& totals, int draws, std::uint64_t seed) {
  std::vector<double> means;
  means.reserve(static_cast<std::size_t>(draws));
  for (int draw = 0; draw < draws; ++draw) {
    Random random(seed, 0, static_cast<std::uint64_t>(draw));
    Total all;
    for (std::size_t i = 0; i < totals.size(); ++i) {
      const Total& picked = totals[static_cast<std::size_t>(random.below(totals.size()))];
      all.sum += picked.sum;
      all.count += picked.count;
    }
    means.push_back(all.sum / all.count);
  }
  std::sort(means.begin(), means.end());
  return means;
}

/// Efron's a: a sixth of the skewness of the means that leave one family out.
double acceleration(const std::vector<Total>& totals, const Total& all) {
  std::vector<double> without;
  without.reserve(totals.size());
  double mean = 0;
  for (const Total& total : totals) {
    without.push_back((all.sum - total.sum) / (all.count - total.count));
    mean += without.back() / static_cast<double>(totals.size());
  }
  double squares = 0, cubes = 0;
  for (const double value : without) {
    const double off = mean - value;
    squares += off * off;
    cubes += off * off * off;
  }
  return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

double quantile_of_sorted(const std::vector<double>& sorted, double q) {
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const std::size_t low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

/// Clustered variance of the mean, and what it would be were all tasks independent.
struct Variances {
  double clustered = 0, independent = 0;
};

Variances variances_of(std::span<const TaskFamily> families, double mean, double tasks, double groups) {
  double clustered = 0, squares = 0;
  for (const TaskFamily& family : families) {
    double off = 0;
    for (const double score : family) {
      off += score - mean;
      squares += (score - mean) * (score - mean);
    }
    clustered += off * off;
  }
  return {groups / (groups - 1) * clustered / (tasks * tasks), squares / (tasks - 1) / tasks};
}

}  // namespace

Interval pass_rate_interval(int passed, int tasks, double confidence) {
  RW_CHECK(tasks >= 1 && passed >= 0 && passed <= tasks);
  const double z = normal_quantile((1 + confidence) / 2);
  const double n = tasks, share = passed / n, square = z * z;
  const double middle = (share + square / (2 * n)) / (1 + square / n);
  const double half = z / (1 + square / n) * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
  return {passed == 0 ? 0 : middle - half, passed == tasks ? 1 : middle + half};
}

Interval interval_of_like_families(double mean, int families, double confidence, double least, double most) {
  const double unseen = 1 - portable_exp(portable_log((1 - confidence) / 2) / families);
  return {mean - unseen * (mean - least), mean + unseen * (most - mean)};
}

ClusteredMean clustered_mean(std::span<const TaskFamily> families, double confidence, double least, double most) {
  ClusteredMean result;
  const std::vector<Total> totals = totals_of(families);
  const Total all = total_of(totals);
  result.tasks = static_cast<int>(all.count);
  result.families = static_cast<int>(totals.size());
  if (totals.empty()) return result;
  result.mean = all.sum / all.count;
  if (totals.size() < 2) return result;
  const double groups = result.families;
  const Variances variances = variances_of(families, result.mean, all.count, groups);
  result.standard_error = std::sqrt(variances.clustered);
  if (variances.independent > 0) result.design_effect = variances.clustered / variances.independent;
  Interval interval;
  if (variances.clustered < 1e-20) {
    interval = interval_of_like_families(result.mean, result.families, confidence, least, most);
  } else if (result.families >= kFamiliesForT) {
    const double half = student_t_quantile((1 + confidence) / 2, groups - 1) * *result.standard_error;
    interval = {result.mean - half, result.mean + half};
  } else {
    result.method = IntervalMethod::bca_bootstrap;
    interval = bca_interval(families, confidence);
  }
  result.interval = {std::max(interval.low, least), std::min(interval.high, most)};
  return result;
}

Interval bca_interval(std::span<const TaskFamily> families, double confidence, int draws, std::uint64_t seed) {
  const std::vector<Total> totals = totals_of(families);
  RW_CHECK(totals.size() >= 2 && draws >= 1);
  const Total all = total_of(totals);
  const double mean = all.sum / all.count;
  const std::vector<double> means = drawn_means(totals, draws, seed);
  if (means.front() == means.back()) return {mean, mean};
  // Share of the draws below the mean; those equal to it count half, since scores come in few values.
  const auto below = std::lower_bound(means.begin(), means.end(), mean - 1e-12) - means.begin();
  const auto upto = std::upper_bound(means.begin(), means.end(), mean + 1e-12) - means.begin();
  const double n = static_cast<double>(means.size());
  const double share = std::clamp((static_cast<double>(below) + static_cast<double>(upto)) / (2 * n), 1 / n, 1 - 1 / n);
  const double bias = normal_quantile(share), accel = acceleration(totals, all);
  // The ends of Student's t in place of the normal's, since drawn means spread too little by sqrt((G - 1)/G).
  const double groups = static_cast<double>(totals.size());
  const double widening = std::sqrt(groups / (groups - 1));
  const auto end = [&](double p) {
    const double z = bias + widening * student_t_quantile(p, groups - 1);
    // Past its pole the acceleration would turn round; the farthest draw is all there is.
    const double rest = 1 - accel * z;
    if (rest <= 0.1) return z < 0 ? means.front() : means.back();
    return quantile_of_sorted(means, portable_normal_cdf(bias + z / rest));
  };
  return {end((1 - confidence) / 2), end((1 + confidence) / 2)};
}

double design_effect(double tasks_per_family, double correlation) { return 1 + (tasks_per_family - 1) * correlation; }

std::vector<RankInterval> rank_intervals(std::span<const std::vector<double>> family_means, double confidence,
                                         int draws, std::uint64_t seed) {
  const std::size_t contestants = family_means.size();
  if (contestants == 0) return {};
  const std::size_t families = family_means[0].size();
  // Ends of ranks need no more: with many families their means hardly move between draws.
  constexpr std::size_t kMostPicks = 10'000'000, kFewestDraws = 500;
  if (families > 0) draws = std::min(draws, static_cast<int>(std::max(kFewestDraws, kMostPicks / families)));
  for (const std::vector<double>& row : family_means) RW_CHECK(row.size() == families);
  std::vector<std::vector<double>> ranks(contestants);
  std::vector<double> sums(contestants);
  for (int draw = 0; draw < draws && families > 0; ++draw) {
    Random random(seed, 1, static_cast<std::uint64_t>(draw));
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < families; ++i) {
      const std::size_t picked = static_cast<std::size_t>(random.below(families));
      for (std::size_t c = 0; c < contestants; ++c) sums[c] += family_means[c][picked];
    }
    for (std::size_t c = 0; c < contestants; ++c) {
      const auto better = std::count_if(sums.begin(), sums.end(), [&](double sum) { return sum > sums[c] + 1e-9; });
      ranks[c].push_back(static_cast<double>(better) + 1);
    }
  }
  std::vector<RankInterval> intervals(contestants, {1, static_cast<int>(contestants)});
  for (std::size_t c = 0; c < contestants && families > 0; ++c) {
    intervals[c] = {static_cast<int>(std::floor(quantile(ranks[c], (1 - confidence) / 2))),
                    static_cast<int>(std::ceil(quantile(ranks[c], (1 + confidence) / 2)))};
  }
  return intervals;
}

}  // namespace rigwise
