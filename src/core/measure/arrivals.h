#pragma once

#include <cstdint>
#include <vector>

namespace rigwise {

/// When requests of an open load arrive, planned before the first is sent and never changed by how the server fares.
enum class ArrivalPattern { constant, poisson, gamma };

struct ArrivalPlan {
  ArrivalPattern kind = ArrivalPattern::poisson;
  double rate_per_s = 1;
  double burstiness = 1;  ///< gamma: shape of the gaps; 1 is Poisson, below it they come in bursts
  double ramp_s = 0;      ///< the rate grows evenly from 0 to its value over this time
  std::uint64_t seed = 1;
};

/// Offsets from the start, in nanoseconds, of all arrivals before `duration_s`.
///
///     gap = 1/rate,   exponential/rate,   gamma(burstiness)/(burstiness rate)
///     during a ramp arrival k comes at ramp sqrt(2 a_k/(rate ramp)), a_k the sum of its unit gaps
///
/// Takes  rate > 0, burstiness > 0. Gives growing offsets from one stream of random numbers: nothing is rescaled to
///        fit, so that a Poisson plan keeps the spread that a Poisson process has.
/// Holds  a longer duration starts with the same arrivals.
std::vector<std::int64_t> planned_arrivals_ns(const ArrivalPlan& plan, double duration_s);

}  // namespace rigwise
