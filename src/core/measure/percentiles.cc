#include "core/measure/percentiles.h"

#include <algorithm>
#include <cmath>

#include "core/stats/distributions.h"

namespace rigwise {
namespace {

double at_rank(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const std::size_t low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (at - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

std::optional<double> told(const std::vector<double>& sorted, double q) {
  if (sorted.size() < samples_for_percentile(q)) return std::nullopt;
  return at_rank(sorted, q);
}

}  // namespace

std::size_t samples_for_percentile(double q, double confidence) {
  double power = 1;  // q^(n-1)
  for (std::size_t n = 1; n < 10'000'000; ++n) {
    if (power * q + static_cast<double>(n) * (1 - q) * power <= 1 - confidence) return n;
    power *= q;
  }
  return 10'000'000;
}

std::optional<Interval> percentile_interval(const std::vector<double>& sorted, double q, double confidence) {
  if (sorted.size() < samples_for_percentile(q)) return std::nullopt;
  const double n = static_cast<double>(sorted.size());
  const double half = normal_quantile(0.5 + confidence / 2) * std::sqrt(n * q * (1 - q));
  const double low = std::clamp(std::floor(n * q - half), 0.0, n - 1);
  const double high = std::clamp(std::ceil(n * q + half), 0.0, n - 1);
  return Interval{sorted[static_cast<std::size_t>(low)], sorted[static_cast<std::size_t>(high)]};
}

MetricSummary summary_of(std::vector<double> values) {
  MetricSummary summary;
  summary.samples = values.size();
  if (values.empty()) return summary;
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const double value : values) sum += value;
  summary.mean = sum / static_cast<double>(values.size());
  summary.least = values.front();
  summary.most = values.back();
  summary.p50 = told(values, 0.5);
  summary.p90 = told(values, 0.9);
  summary.p95 = told(values, 0.95);
  summary.p99 = told(values, 0.99);
  summary.p50_interval = percentile_interval(values, 0.5);
  summary.p99_interval = percentile_interval(values, 0.99);
  return summary;
}

MetricSummary weighted_summary_of(std::vector<Weighted> values) {
  MetricSummary summary;
  summary.samples = values.size();
  if (values.empty()) return summary;
  std::sort(values.begin(), values.end(), [](const Weighted& a, const Weighted& b) {
    return a.value != b.value ? a.value < b.value : a.weight < b.weight;
  });
  double sum = 0, weight = 0;
  for (const Weighted& value : values) {
    sum += value.value * value.weight;
    weight += value.weight;
  }
  summary.mean = sum / weight;
  summary.least = values.front().value;
  summary.most = values.back().value;
  const auto quantile_told = [&](double q, std::optional<double>& into) {
    if (values.size() < samples_for_percentile(q)) return;
    double below = 0;
    for (const Weighted& value : values) {
      below += value.weight;
      if (below >= q * weight) {
        into = value.value;
        return;
      }
    }
  };
  quantile_told(0.5, summary.p50);
  quantile_told(0.9, summary.p90);
  quantile_told(0.95, summary.p95);
  quantile_told(0.99, summary.p99);
  return summary;
}

}  // namespace rigwise
