#include "core/usage/length_tally.h"

#include <algorithm>
#include <cmath>

namespace rigwise {

void LengthTally::add(std::uint64_t tokens) {
  const std::size_t at = Buckets::index(tokens);
  if (at >= buckets_.size()) buckets_.resize(at + 1);
  ++buckets_[at].count;
  buckets_[at].sum += static_cast<double>(tokens);
  ++count_;
  sum_ += static_cast<double>(tokens);
}

double LengthTally::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

double LengthTally::quantile(double q) const {
  const double wanted = std::ceil(q * static_cast<double>(count_));
  double seen = 0;
  for (const Bucket& bucket : buckets_) {
    seen += static_cast<double>(bucket.count);
    if (bucket.count > 0 && seen >= wanted) return bucket.sum / static_cast<double>(bucket.count);
  }
  return 0;
}

std::vector<double> LengthTally::part_means(std::size_t parts) const {
  std::vector<double> means;
  if (count_ == 0) return means;
  const double many = std::min(static_cast<double>(parts), static_cast<double>(count_));
  const double part = static_cast<double>(count_) / many;
  double room = part, sum = 0;
  for (const Bucket& bucket : buckets_) {
    double left = static_cast<double>(bucket.count);
    const double each = bucket.count > 0 ? bucket.sum / left : 0;
    while (left > 0) {
      const double taken = std::min(left, room);
      sum += taken * each;
      left -= taken;
      room -= taken;
      constexpr double kSliver = 1e-9;
      if (room > kSliver * part) continue;
      means.push_back(sum / part);
      sum = 0;
      room = part;
    }
  }
  if (static_cast<double>(means.size()) < many) means.push_back(sum / part);
  return means;
}

}  // namespace rigwise
