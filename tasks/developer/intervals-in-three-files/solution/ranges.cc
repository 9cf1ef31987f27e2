#include "ranges.h"

#include <algorithm>
#include <iterator>

void Ranges::add(std::int64_t low, std::int64_t high) {
  auto it = ranges_.upper_bound(low);
  if (it != ranges_.begin() && std::prev(it)->second >= low - 1) --it;
  while (it != ranges_.end() && it->first <= high + 1) {
    low = std::min(low, it->first);
    high = std::max(high, it->second);
    it = ranges_.erase(it);
  }
  ranges_[low] = high;
}

void Ranges::remove(std::int64_t low, std::int64_t high) {
  auto it = ranges_.upper_bound(low);
  if (it != ranges_.begin() && std::prev(it)->second >= low) --it;
  while (it != ranges_.end() && it->first <= high) {
    const auto [first, last] = *it;
    it = ranges_.erase(it);
    if (first < low) ranges_[first] = low - 1;
    if (last > high) it = ranges_.emplace(high + 1, last).first, ++it;
  }
}

bool Ranges::has(std::int64_t number) const {
  auto it = ranges_.upper_bound(number);
  return it != ranges_.begin() && std::prev(it)->second >= number;
}

std::int64_t Ranges::count() const {
  std::int64_t sum = 0;
  for (const auto& [low, high] : ranges_) sum += high - low + 1;
  return sum;
}
