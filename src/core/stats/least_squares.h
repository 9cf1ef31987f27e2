#pragma once

#include <functional>
#include <vector>

namespace rigwise {

/// Solves the symmetric positive definite system A x = b in place of b; A is row-major n x n and is overwritten.
/// Gives false when A is not positive definite.
bool solve_cholesky(std::vector<double>& a, std::vector<double>& b);

/// A robust fit of theta to residuals, pulled towards a prior.
///
///     minimise  sum_i w_i rho(r_i(theta)/s_i) + sum_j ((theta_j - mu_j)/sd_j)^2,   rho(d) = (nu + 1) log(1 + d^2/nu)
///
/// Student's t with nu degrees of freedom: rows far off (another machine's row, a fallback kernel) lose their pull.
/// From  predicting.md 4.9 (robust on log ratios, shrunk towards parents).
struct RobustFit {
  std::vector<double> prior_mean, prior_sd;  ///< sd 0: fixed at the mean
  std::vector<double> weights, scales;       ///< one per residual
  double degrees_of_freedom = 2;
  int iterations = 40;  ///< at most
  /// Residuals at theta.
  std::function<void(const std::vector<double>& theta, std::vector<double>& residuals)> residuals;
};

/// Levenberg-Marquardt with iterated weights and forward differences. The scale starts wide and narrows, so that a
/// start far off finds the bulk of the rows first. Deterministic.
std::vector<double> fit_robust(const RobustFit& problem, std::vector<double> start);

}  // namespace rigwise
