#include "core/stats/histogram.h"

#include <cmath>

namespace rigwise {

double Histogram::quantile(double q) const {
  if (count_ == 0) return 0;
  const double rank = std::clamp(std::ceil(q * static_cast<double>(count_)), 1.0, static_cast<double>(count_));
  double below = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    below += static_cast<double>(counts_[i]);
    if (below < rank) continue;
    const double middle = (static_cast<double>(Buckets::lower(i)) + static_cast<double>(Buckets::lower(i + 1) - 1)) / 2;
    return std::clamp(middle, static_cast<double>(least_), static_cast<double>(most_));
  }
  return static_cast<double>(most_);
}

void Histogram::merge(const Histogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
}

}  // namespace rigwise
