#include "core/measure/arrivals.h"

#include <cmath>

#include "core/base/check.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

/// A gap of mean 1.
double unit_gap(const ArrivalPlan& plan, Random& random) {
  switch (plan.kind) {
    case ArrivalPattern::constant: return 1;
    case ArrivalPattern::poisson: return random.exponential();
    case ArrivalPattern::gamma: return random.gamma(plan.burstiness) / plan.burstiness;
  }
  return 1;
}

/// When `expected` arrivals have been due.
double seconds_at(const ArrivalPlan& plan, double expected) {
  const double in_ramp = plan.rate_per_s * plan.ramp_s / 2;
  if (expected < in_ramp) return std::sqrt(2 * expected * plan.ramp_s / plan.rate_per_s);
  return plan.ramp_s + (expected - in_ramp) / plan.rate_per_s;
}

}  // namespace

std::vector<std::int64_t> planned_arrivals_ns(const ArrivalPlan& plan, double duration_s) {
  RW_CHECK(plan.rate_per_s > 0 && plan.burstiness > 0);
  Random random(plan.seed, 0, 0);
  std::vector<std::int64_t> offsets;
  offsets.reserve(static_cast<std::size_t>(plan.rate_per_s * duration_s * 1.1) + 16);
  double expected = plan.kind == ArrivalPattern::constant ? 0 : unit_gap(plan, random);
  for (;; expected += unit_gap(plan, random)) {
    const double at_s = seconds_at(plan, expected);
    if (at_s >= duration_s) return offsets;
    offsets.push_back(static_cast<std::int64_t>(at_s * 1e9));
  }
}

}  // namespace rigwise
