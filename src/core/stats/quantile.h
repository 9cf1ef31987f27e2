#pragma once

#include <vector>

namespace rigwise {

/// Value below which a share `q` of the values lies, linear between order statistics. Takes at least one value.
double quantile(std::vector<double> values, double q);
double median(std::vector<double> values);

/// A value that counts `weight` times as much as one of weight 1.
struct Weighted {
  double value = 0, weight = 1;
};
/// Smallest value whose cumulated weight reaches a share `q` of all weight. Takes at least one value.
double weighted_quantile(std::vector<Weighted> values, double q);

}  // namespace rigwise
