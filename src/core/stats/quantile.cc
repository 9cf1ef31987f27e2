#include "core/stats/quantile.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace rigwise {

double quantile(std::vector<double> values, double q) {
  RW_CHECK(!values.empty());
  std::sort(values.begin(), values.end());
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const std::size_t low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double weighted_quantile(std::vector<Weighted> values, double q) {
  RW_CHECK(!values.empty());
  std::sort(values.begin(), values.end(), [](const Weighted& a, const Weighted& b) {
    return a.value != b.value ? a.value < b.value : a.weight < b.weight;
  });
  double total = 0;
  for (const Weighted& v : values) total += v.weight;
  double sum = 0;
  for (const Weighted& v : values) {
    sum += v.weight;
    if (sum >= q * total) return v.value;
  }
  return values.back().value;
}

}  // namespace rigwise
