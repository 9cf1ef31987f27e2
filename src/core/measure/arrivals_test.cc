#include "core/measure/arrivals.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace rigwise {
namespace {

std::vector<double> gaps_s(const std::vector<std::int64_t>& offsets_ns) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < offsets_ns.size(); ++i) {
    gaps.push_back(static_cast<double>(offsets_ns[i] - offsets_ns[i - 1]) * 1e-9);
  }
  return gaps;
}

double coefficient_of_variation(const std::vector<double>& values) {
  double sum = 0, square = 0;
  for (const double value : values) {
    sum += value;
    square += value * value;
  }
  const double n = static_cast<double>(values.size()), mean = sum / n;
  return std::sqrt(square / n - mean * mean) / mean;
}

TEST(Arrivals, ConstantOnesStandOnAGrid) {
  const auto offsets = planned_arrivals_ns({ArrivalPattern::constant, 4, 1, 0, 1}, 1);
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{0, 250'000'000, 500'000'000, 750'000'000}));
}

TEST(Arrivals, PoissonGapsPassAKolmogorovSmirnovTest) {
  std::vector<double> gaps = gaps_s(planned_arrivals_ns({ArrivalPattern::poisson, 100, 1, 0, 5}, 100));
  std::sort(gaps.begin(), gaps.end());
  double farthest = 0;
  const double n = static_cast<double>(gaps.size());
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double model = 1 - std::exp(-100 * gaps[i]);
    farthest = std::max(
        {farthest, std::fabs(model - static_cast<double>(i) / n), std::fabs(model - static_cast<double>(i + 1) / n)});
  }
  EXPECT_LT(farthest * std::sqrt(n), 1.63);  // p = 0.01
  EXPECT_NEAR(n, 10'000, 400);               // the count keeps a Poisson's spread: nothing is rescaled
}

TEST(Arrivals, GammaGapsAreAsBurstyAsAsked) {
  EXPECT_NEAR(coefficient_of_variation(gaps_s(planned_arrivals_ns({ArrivalPattern::gamma, 100, 0.25, 0, 1}, 200))), 2,
              0.1);
  EXPECT_NEAR(coefficient_of_variation(gaps_s(planned_arrivals_ns({ArrivalPattern::gamma, 100, 4, 0, 1}, 200))), 0.5,
              0.03);
}

TEST(Arrivals, ARampBringsHalfAsManyWhileItLasts) {
  const auto offsets = planned_arrivals_ns({ArrivalPattern::constant, 100, 1, 10, 1}, 20);
  const auto in_ramp = std::count_if(offsets.begin(), offsets.end(), [](auto at) { return at < 10'000'000'000; });
  EXPECT_EQ(in_ramp, 500);
  EXPECT_EQ(offsets.size(), 1500U);
}

RC_GTEST_PROP(Arrivals, GrowAndALongerPlanStartsTheSame, ()) {
  ArrivalPlan plan;
  plan.kind = *rc::gen::element(ArrivalPattern::constant, ArrivalPattern::poisson, ArrivalPattern::gamma);
  plan.rate_per_s = *rc::gen::inRange(1, 500);
  plan.burstiness = *rc::gen::inRange(1, 40) / 10.0;
  plan.ramp_s = *rc::gen::inRange(0, 3);
  plan.seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto shorter = planned_arrivals_ns(plan, 2), longer = planned_arrivals_ns(plan, 4);
  RC_ASSERT(std::is_sorted(longer.begin(), longer.end()));
  RC_ASSERT(longer.size() >= shorter.size());
  RC_ASSERT(std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

}  // namespace
}  // namespace rigwise
