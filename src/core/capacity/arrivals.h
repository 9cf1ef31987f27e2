#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/capacity/step_table.h"
#include "core/capacity/workload.h"

namespace rigwise {

/// The requests of one load, one after another in time.
///
/// The n-th request (closed: the n-th of each user) has the same lengths whatever the rate, and gaps are unit gaps
/// divided by the rate: two runs with one seed differ by what is compared and by nothing else.
class ArrivalSource {
 public:
  ArrivalSource(const Load& load, std::uint64_t seed, std::uint64_t stream);

  /// When the next request comes; nothing when none is known (a trace at its end, users who all wait).
  std::optional<Nanoseconds> next_ns() const;
  /// Takes it.
  Request take();
  /// A user of a closed load has the answer: thinks, then asks again.
  void answered(std::int32_t user, Nanoseconds now);

 private:
  struct Call {
    Nanoseconds at = 0;
    std::int32_t user = 0;
  };
  static bool later(const Call& a, const Call& b) { return a.at != b.at ? a.at > b.at : a.user > b.user; }

  Request drawn(std::uint64_t number, const RequestKind* kind) const;
  const RequestKind& kind_of(std::uint64_t number) const;
  void advance();
  void push(Call call);

  const Load* load_ = nullptr;
  std::uint64_t seed_ = 0, stream_ = 0, taken_ = 0;
  Random gaps_;
  double next_s_ = 0, rate_ = 0;
  std::vector<Call> calls_;           ///< closed: a heap, the earliest first
  std::vector<std::uint32_t> asked_;  ///< closed: requests of each user so far
  std::vector<std::int32_t> kind_of_user_;
};

}  // namespace rigwise
