#include "core/stats/least_squares.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rigwise {
namespace {

TEST(LeastSquares, SolvesSymmetricSystems) {
  std::vector<double> a = {4, 2, 2, 3}, b = {10, 8};
  ASSERT_TRUE(solve_cholesky(a, b));
  EXPECT_NEAR(b[0], 1.75, 1e-12);
  EXPECT_NEAR(b[1], 1.5, 1e-12);
}

TEST(LeastSquares, RefusesSystemsThatAreNotPositiveDefinite) {
  std::vector<double> a = {1, 2, 2, 1}, b = {1, 1};
  EXPECT_FALSE(solve_cholesky(a, b));
}

/// y = exp(-k x) + c at 0 .. 1, some points spoiled.
RobustFit decay(const std::vector<double>& y) {
  RobustFit problem;
  problem.prior_mean = {0, 0};
  problem.prior_sd = {10, 10};
  problem.weights.assign(y.size(), 1);
  problem.scales.assign(y.size(), 0.01);
  problem.residuals = [y](const std::vector<double>& theta, std::vector<double>& r) {
    r.resize(y.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      r[i] = std::exp(-theta[0] * 0.1 * static_cast<double>(i)) + theta[1] - y[i];
  };
  return problem;
}

std::vector<double> truth() {
  std::vector<double> y;
  for (int i = 0; i < 20; ++i) y.push_back(std::exp(-1.5 * 0.1 * i) + 0.3);
  return y;
}

TEST(LeastSquares, FindsTheParametersThatMadeTheData) {
  const std::vector<double> found = fit_robust(decay(truth()), {0, 0});
  EXPECT_NEAR(found[0], 1.5, 1e-3);
  EXPECT_NEAR(found[1], 0.3, 1e-3);
}

TEST(LeastSquares, AFifthOfTheRowsFarOffMovesTheFitLittle) {
  std::vector<double> y = truth();
  for (const std::size_t i : {3u, 8u, 12u, 17u}) y[i] += 5;
  const std::vector<double> found = fit_robust(decay(y), {0, 0});
  EXPECT_NEAR(found[0], 1.5, 0.05);
  EXPECT_NEAR(found[1], 0.3, 0.02);
}

TEST(LeastSquares, AParameterWithoutSpreadStaysWhereItsPriorIs) {
  RobustFit problem = decay(truth());
  problem.prior_mean[1] = 0.25;
  problem.prior_sd[1] = 0;
  const std::vector<double> found = fit_robust(problem, {0, 0.25});
  EXPECT_DOUBLE_EQ(found[1], 0.25);
  EXPECT_GT(found[0], 1);
}

TEST(LeastSquares, WithoutRowsThePriorStands) {
  RobustFit problem = decay({});
  problem.prior_mean = {0.7, -0.2};
  const std::vector<double> found = fit_robust(problem, {0, 0});
  EXPECT_NEAR(found[0], 0.7, 1e-6);
  EXPECT_NEAR(found[1], -0.2, 1e-6);
}

}  // namespace
}  // namespace rigwise
