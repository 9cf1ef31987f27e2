#include "core/measure/load_search.h"

#include <algorithm>
#include <cmath>

namespace rigwise {

std::optional<double> LoadSearch::next() const {
  if (told_ >= limits_.levels) return std::nullopt;
  if (!good_ && !bad_) return std::min(limits_.start, limits_.most);
  if (!good_) {
    // Not even the start was kept: look below it.
    const double lower = limits_.whole ? std::floor(*bad_ / 2) : *bad_ / 2;
    if (lower < (limits_.whole ? 1 : limits_.start / 64)) return std::nullopt;
    return lower;
  }
  if (!bad_) {
    if (*good_ >= limits_.most) return std::nullopt;
    return std::min(*good_ * 2, limits_.most);
  }
  if (limits_.whole) {
    const double middle = std::floor((*good_ + *bad_) / 2);
    return middle > *good_ ? std::optional<double>(middle) : std::nullopt;
  }
  if (*bad_ - *good_ <= limits_.precision * *good_) return std::nullopt;
  return (*good_ + *bad_) / 2;
}

void LoadSearch::told(double load, bool kept) {
  ++told_;
  if (kept) {
    good_ = good_ ? std::max(*good_, load) : load;
  } else {
    bad_ = bad_ ? std::min(*bad_, load) : load;
  }
}

std::optional<double> degradation_knee(const std::vector<DegradationPoint>& points, double share) {
  std::vector<DegradationPoint> sorted = points;
  std::sort(sorted.begin(), sorted.end(),
            [](const DegradationPoint& a, const DegradationPoint& b) { return a.streams < b.streams; });
  std::optional<double> knee;
  for (const DegradationPoint& point : sorted) {
    if (point.share < share) break;
    knee = point.streams;
  }
  return knee;
}

}  // namespace rigwise
