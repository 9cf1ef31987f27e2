#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/stats/clusters.h"
#include "core/stats/quantile.h"

namespace rigwise {

/// Fewest values from which a percentile may be told: with 99 % confidence at least two of them lie beyond it.
///
///     least n with  q^n + n (1 - q) q^(n-1) <= 1 - confidence
///
/// Takes  0 < q < 1. Gives 11 for the median, 64 for p90, 662 for p99.
/// From   MLPerf Inference's early stopping, whose 64 and 662 are in the test.
std::size_t samples_for_percentile(double q, double confidence = 0.99);

/// Range that holds the percentile of what the values are drawn from, whatever their distribution: two order
/// statistics whose ranks a binomial of n and q leaves outside in 1 - confidence of all draws (normal ranks).
/// Takes  sorted values. Gives nothing below samples_for_percentile(q).
std::optional<Interval> percentile_interval(const std::vector<double>& sorted, double q, double confidence = 0.95);

/// Values of one metric in one level.
struct MetricSummary {
  std::size_t samples = 0;
  std::optional<double> mean, least, most;             ///< from one value on
  std::optional<double> p50, p90, p95, p99;            ///< absent with too few values
  std::optional<Interval> p50_interval, p99_interval;  ///< at 95 %
};

MetricSummary summary_of(std::vector<double> values);

/// The same of values with weights, whose weights are counts of equal values.
MetricSummary weighted_summary_of(std::vector<Weighted> values);

}  // namespace rigwise
