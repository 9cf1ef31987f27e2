#include "core/perf/fit.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/stats/least_squares.h"

namespace rigwise {
namespace {

constexpr double kLeastSpeed = 1e-12;

ParamValues exponentials(const std::vector<double>& theta) {
  ParamValues values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::exp(theta[i]);
  return values;
}

double log_predicted(const FitRow& row, const ParamValues& values) {
  const SpeedModel model = assemble(row.resolved.parts, values);
  return std::log(std::max(kLeastSpeed, predicted_tokens_per_s(row.resolved, model)));
}

}  // namespace

ParamValues fit_parameters(const FitRows& rows, const std::vector<bool>& use, const ParamValues& start) {
  RobustFit problem;
  std::vector<double> theta;
  for (int i = 0; i < kParamCount; ++i) {
    const ParamSpec& spec = param_spec(i);
    problem.prior_mean.push_back(std::log(spec.prior));
    problem.prior_sd.push_back(spec.log_sd);
    theta.push_back(std::log(start[static_cast<std::size_t>(i)]));
  }
  std::vector<const FitRow*> used;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (rows.rows[i].weight <= 0 || (!use.empty() && !use[i])) continue;
    used.push_back(&rows.rows[i]);
    problem.weights.push_back(rows.rows[i].weight);
    problem.scales.push_back(rows.rows[i].scale);
  }
  problem.residuals = [&](const std::vector<double>& at, std::vector<double>& residuals) {
    const ParamValues values = exponentials(at);
    residuals.resize(used.size());
    for (std::size_t i = 0; i < used.size(); ++i)
      residuals[i] = log_predicted(*used[i], values) - used[i]->log_measured;
  };
  return exponentials(fit_robust(problem, std::move(theta)));
}

std::vector<double> log_residuals(const FitRows& rows, const ParamValues& values) {
  std::vector<double> residuals;
  residuals.reserve(rows.rows.size());
  for (const FitRow& row : rows.rows) residuals.push_back(row.log_measured - log_predicted(row, values));
  return residuals;
}

std::vector<int> groups_moved(const FitRows& rows, const ParamValues& values) {
  constexpr double kNudge = 1.01, kMoved = 1e-5;
  std::vector<int> moved(kParamCount, 0);
  const std::vector<double> base = log_residuals(rows, values);
  for (int p = 0; p < kParamCount; ++p) {
    ParamValues nudged = values;
    nudged[static_cast<std::size_t>(p)] *= kNudge;
    std::set<int> groups;
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      if (rows.rows[i].weight <= 0) continue;
      const double change = rows.rows[i].log_measured - log_predicted(rows.rows[i], nudged) - base[i];
      if (std::abs(change) > kMoved) groups.insert(rows.rows[i].group);
    }
    moved[static_cast<std::size_t>(p)] = static_cast<int>(groups.size());
  }
  return moved;
}

}  // namespace rigwise
