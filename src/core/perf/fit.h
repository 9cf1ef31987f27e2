#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/perf/resolve.h"

namespace rigwise {

/// A row ready to be fitted: facts resolved, weight and group settled.
struct FitRow {
  ResolvedRow resolved;
  double log_measured = 0;
  double weight = 0;  ///< 0: refused by the physics gate
  double scale = 0;   ///< spread that rows of its kind have around the truth, natural log
  int group = -1;
};

/// All rows of a file that resolve, with groups numbered and weights set.
struct FitRows {
  std::vector<FitRow> rows;
  std::vector<std::string> groups;  ///< group_key by number
};

/// Resolves, gates and weighs rows.
///
/// Rows that do not pass the gate (gate.h) have weight 0. A group counts once; one (device, model, source, phase) no
/// more than kMostPerSource rows' worth.
FitRows make_fit_rows(const Catalog& catalog, const std::vector<Measurement>& rows);

/// Fits the parameters to the rows for which `use` is true (empty: all).
ParamValues fit_parameters(const FitRows& rows, const std::vector<bool>& use, const ParamValues& start);

/// ln(measured / predicted) of every row under these values; rows refused by the gate included.
std::vector<double> log_residuals(const FitRows& rows, const ParamValues& values);

/// Number of groups whose prediction a parameter moves, by parameter.
std::vector<int> groups_moved(const FitRows& rows, const ParamValues& values);

/// Folds of whole devices, models or sources: fold number of every row, 0 .. fold_count - 1.
struct Folds {
  std::vector<int> of_row;
  int count = 0;
};
/// `by` is "hardware", "model" or "source". At most `most` folds; groups are dealt out in turn, largest first.
Folds make_folds(const FitRows& rows, std::string_view by, int most);

/// Median residual of each group over its possible rows, in group order; groups without any keep their place with rows
/// = 0.
struct GroupResidual {
  double log_ratio = 0;
  int rows = 0;
  const ResolvedRow* example = nullptr;
};
std::vector<GroupResidual> group_residuals(const FitRows& rows, const std::vector<double>& residuals);

}  // namespace rigwise
