#pragma once
#include <cstdint>
#include <map>

/// A set of whole numbers, kept as ranges that neither overlap nor touch.
class Ranges {
 public:
  void add(std::int64_t low, std::int64_t high);
  void remove(std::int64_t low, std::int64_t high);
  bool has(std::int64_t number) const;
  std::int64_t count() const;
  const std::map<std::int64_t, std::int64_t>& all() const { return ranges_; }

 private:
  std::map<std::int64_t, std::int64_t> ranges_;  // low to high
};
