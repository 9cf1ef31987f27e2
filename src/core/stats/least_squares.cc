#include "core/stats/least_squares.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace rigwise {
namespace {

constexpr double kStep = 1e-4;
constexpr double kFirstDamping = 1e-2, kMostDamping = 1e8;
constexpr double kEnough = 1e-6;  ///< relative gain below which a round ends

struct Round {
  const RobustFit& problem;
  double widen;  ///< times the scales

  double cost(const std::vector<double>& theta, const std::vector<double>& residuals) const {
    const double nu = problem.degrees_of_freedom;
    double sum = 0;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
      const double d = residuals[i] / (problem.scales[i] * widen);
      sum += problem.weights[i] * (nu + 1) * std::log1p(d * d / nu);
    }
    for (std::size_t j = 0; j < theta.size(); ++j) {
      if (problem.prior_sd[j] <= 0) continue;
      const double d = (theta[j] - problem.prior_mean[j]) / problem.prior_sd[j];
      sum += d * d;
    }
    return sum;
  }
};

/// Normal equations of the weighted problem around theta: a = J'WJ + prior, b = -gradient/2.
void normal_equations(const Round& round, const std::vector<double>& theta, const std::vector<double>& residuals,
                      std::vector<double>& a, std::vector<double>& b) {
  const RobustFit& problem = round.problem;
  const std::size_t n = theta.size(), rows = residuals.size();
  const double nu = problem.degrees_of_freedom;
  std::vector<double> w(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const double s = problem.scales[i] * round.widen;
    const double d = residuals[i] / s;
    w[i] = problem.weights[i] * (nu + 1) / (nu + d * d) / (s * s);
  }
  std::vector<std::vector<double>> columns(n);
  std::vector<double> moved;
  for (std::size_t j = 0; j < n; ++j) {
    if (problem.prior_sd[j] <= 0) continue;
    std::vector<double> nearby = theta;
    nearby[j] += kStep;
    problem.residuals(nearby, moved);
    columns[j].resize(rows);
    for (std::size_t i = 0; i < rows; ++i) columns[j][i] = (moved[i] - residuals[i]) / kStep;
  }
  a.assign(n * n, 0.0);
  b.assign(n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    if (problem.prior_sd[j] <= 0) {
      a[j * n + j] = 1;
      continue;
    }
    for (std::size_t k = 0; k <= j; ++k) {
      if (problem.prior_sd[k] <= 0) continue;
      double sum = 0;
      for (std::size_t i = 0; i < rows; ++i) sum += w[i] * columns[j][i] * columns[k][i];
      a[j * n + k] = a[k * n + j] = sum;
    }
    for (std::size_t i = 0; i < rows; ++i) b[j] -= w[i] * columns[j][i] * residuals[i];
    const double precision = 1 / (problem.prior_sd[j] * problem.prior_sd[j]);
    a[j * n + j] += precision;
    b[j] -= precision * (theta[j] - problem.prior_mean[j]);
  }
}

void run_round(const Round& round, std::vector<double>& theta) {
  std::vector<double> residuals, a, b;
  round.problem.residuals(theta, residuals);
  double cost = round.cost(theta, residuals);
  double damping = kFirstDamping;
  for (int iteration = 0; iteration < round.problem.iterations && damping < kMostDamping; ++iteration) {
    normal_equations(round, theta, residuals, a, b);
    double before = cost;
    while (damping < kMostDamping) {
      std::vector<double> damped = a, step = b;
      for (std::size_t j = 0; j < theta.size(); ++j) damped[j * theta.size() + j] *= 1 + damping;
      std::vector<double> tried = theta, tried_residuals;
      if (!solve_cholesky(damped, step)) {
        damping *= 10;
        continue;
      }
      for (std::size_t j = 0; j < theta.size(); ++j) tried[j] += std::clamp(step[j], -1.0, 1.0);
      round.problem.residuals(tried, tried_residuals);
      const double tried_cost = round.cost(tried, tried_residuals);
      if (tried_cost < cost) {
        theta = std::move(tried);
        residuals = std::move(tried_residuals);
        cost = tried_cost;
        damping = std::max(damping / 10, 1e-9);
        break;
      }
      damping *= 10;
    }
    if (before - cost < kEnough * before) return;
  }
}

}  // namespace

bool solve_cholesky(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  RW_CHECK(a.size() == n * n);
  for (std::size_t j = 0; j < n; ++j) {
    double diagonal = a[j * n + j];
    for (std::size_t k = 0; k < j; ++k) diagonal -= a[j * n + k] * a[j * n + k];
    if (!(diagonal > 0)) return false;
    const double root = std::sqrt(diagonal);
    a[j * n + j] = root;
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = sum / root;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return true;
}

std::vector<double> fit_robust(const RobustFit& problem, std::vector<double> start) {
  RW_CHECK(start.size() == problem.prior_mean.size() && start.size() == problem.prior_sd.size());
  for (const double widen : {4.0, 2.0, 1.0}) run_round({problem, widen}, start);
  return start;
}

}  // namespace rigwise
