#include "core/stats/agreement.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/check.h"

namespace rigwise {
namespace {

double difference(int a, int b, RatingWeights weights) {
  if (weights == RatingWeights::identity) return a == b ? 0 : 1;
  return static_cast<double>(a - b) * (a - b);
}

/// How many raters put a unit into each category.
std::vector<double> tally(const Ratings& unit, int categories) {
  std::vector<double> counts(static_cast<std::size_t>(categories));
  for (const std::optional<int>& rating : unit) {
    if (!rating) continue;
    RW_CHECK(*rating >= 0 && *rating < categories);
    counts[static_cast<std::size_t>(*rating)] += 1;
  }
  return counts;
}

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Ranks from 1; equal values share the mean of theirs.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end + 1) / 2;
    begin = end;
  }
  return ranks;
}

}  // namespace

Confusion confusion_of(std::span<const Ratings> units, int categories, std::size_t first, std::size_t second) {
  Confusion confusion;
  confusion.counts.assign(static_cast<std::size_t>(categories), std::vector<int>(static_cast<std::size_t>(categories)));
  for (const Ratings& unit : units) {
    if (first >= unit.size() || second >= unit.size() || !unit[first] || !unit[second]) continue;
    const int a = *unit[first], b = *unit[second];
    RW_CHECK(a >= 0 && a < categories && b >= 0 && b < categories);
    ++confusion.counts[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
    ++confusion.total;
  }
  return confusion;
}

std::optional<double> raw_agreement(const Confusion& confusion) {
  if (confusion.total == 0) return std::nullopt;
  int same = 0;
  for (std::size_t i = 0; i < confusion.counts.size(); ++i) same += confusion.counts[i][i];
  return static_cast<double>(same) / confusion.total;
}

std::optional<double> cohen_kappa(const Confusion& confusion, RatingWeights weights) {
  const int categories = static_cast<int>(confusion.counts.size());
  std::vector<double> rows(confusion.counts.size()), columns(confusion.counts.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      rows[i] += confusion.counts[i][j];
      columns[j] += confusion.counts[i][j];
    }
  }
  double observed = 0, expected = 0;
  for (int i = 0; i < categories; ++i) {
    for (int j = 0; j < categories; ++j) {
      const auto row = static_cast<std::size_t>(i), column = static_cast<std::size_t>(j);
      observed += difference(i, j, weights) * confusion.counts[row][column];
      expected += difference(i, j, weights) * rows[row] * columns[column];
    }
  }
  if (expected <= 0) return std::nullopt;
  return 1 - observed * confusion.total / expected;
}

std::optional<double> krippendorff_alpha_ordinal(std::span<const Ratings> units, int categories) {
  const auto q = static_cast<std::size_t>(categories);
  std::vector<std::vector<double>> coincidences(q, std::vector<double>(q));
  std::vector<double> marginals(q);
  for (const Ratings& unit : units) {
    const std::vector<double> counts = tally(unit, categories);
    const double raters = sum_of(counts);
    if (raters < 2) continue;
    for (std::size_t c = 0; c < q; ++c) {
      marginals[c] += counts[c];
      for (std::size_t k = 0; k < q; ++k) {
        coincidences[c][k] += counts[c] * (counts[k] - (c == k ? 1 : 0)) / (raters - 1);
      }
    }
  }
  const double n = sum_of(marginals);
  double observed = 0, expected = 0;
  for (std::size_t c = 0; c < q; ++c) {
    double between = marginals[c] / 2;
    for (std::size_t k = c + 1; k < q; ++k) {
      const double apart = between + marginals[k] / 2;
      between += marginals[k];
      observed += coincidences[c][k] * apart * apart;
      expected += marginals[c] * marginals[k] * apart * apart;
    }
  }
  if (expected <= 0) return std::nullopt;
  return 1 - (n - 1) * observed / expected;
}

std::optional<double> gwet_ac(std::span<const Ratings> units, int categories, RatingWeights weights) {
  RW_CHECK(categories >= 2);
  const double most = difference(0, categories - 1, weights);
  const auto weight = [&](int k, int l) { return 1 - difference(k, l, weights) / most; };
  std::vector<double> shares(static_cast<std::size_t>(categories));
  double agreed = 0, rated = 0, rated_twice = 0;
  for (const Ratings& unit : units) {
    const std::vector<double> counts = tally(unit, categories);
    const double raters = sum_of(counts);
    if (raters < 1) continue;
    rated += 1;
    for (std::size_t k = 0; k < shares.size(); ++k) shares[k] += counts[k] / raters;
    if (raters < 2) continue;
    rated_twice += 1;
    for (int k = 0; k < categories; ++k) {
      double weighted = 0;
      for (int l = 0; l < categories; ++l) weighted += weight(k, l) * counts[static_cast<std::size_t>(l)];
      agreed += counts[static_cast<std::size_t>(k)] * (weighted - 1) / (raters * (raters - 1));
    }
  }
  if (rated_twice < 1) return std::nullopt;
  double spread = 0, total_weight = 0;
  for (int k = 0; k < categories; ++k) {
    const double share = shares[static_cast<std::size_t>(k)] / rated;
    spread += share * (1 - share);
    for (int l = 0; l < categories; ++l) total_weight += weight(k, l);
  }
  const double by_chance = total_weight / (categories * (categories - 1.0)) * spread;
  return (agreed / rated_twice - by_chance) / (1 - by_chance);
}

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) {
  RW_CHECK(x.size() == y.size());
  if (x.size() < 2) return std::nullopt;
  const std::vector<double> a = ranks_of(x), b = ranks_of(y);
  const double mean = (static_cast<double>(x.size()) + 1) / 2;
  double both = 0, of_x = 0, of_y = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean) * (b[i] - mean);
    of_x += (a[i] - mean) * (a[i] - mean);
    of_y += (b[i] - mean) * (b[i] - mean);
  }
  if (of_x <= 0 || of_y <= 0) return std::nullopt;
  return both / std::sqrt(of_x * of_y);
}

Reliability reliability_of(double alpha) {
  constexpr double kReliable = 0.8, kTentative = 0.667;
  if (alpha >= kReliable) return Reliability::reliable;
  return alpha >= kTentative ? Reliability::tentative : Reliability::unreliable;
}

}  // namespace rigwise
