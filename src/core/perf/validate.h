#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/perf/predict.h"

namespace rigwise {

/// A predicted speed in tokens per second with its band.
struct BandedSpeed {
  double value = 0, low = 0, high = 0;
};

/// A measurement row with what we would have said.
struct ValidatedRow {
  const Measurement* row = nullptr;
  std::string device_id, model_id, format_id, engine_id, backend;  ///< resolved; empty where not
  std::string error_class;                                         ///< decode prefill many decode_cpu prefill_cpu e2e
  std::optional<double> predicted, low, high, error;               ///< error: exp(|ln(predicted/measured)|) - 1
  std::optional<BandedSpeed> without_device_terms;                 ///< what the constants alone say
  std::string basis, tier;
  std::string skip_reason;  ///< set when not predicted
  std::string refused;      ///< why the measurement cannot be true ("above_ceiling"); it counts in no error
};

/// Predicts every row the catalog can state; skips the others with a reason, guesses nothing.
std::vector<ValidatedRow> validate_rows(const Catalog& catalog, const Calibration& calibration,
                                        const std::vector<Measurement>& rows, double level);

/// The same with the constants refitted without the row's own hardware, model or source (`by`: "hardware", "model",
/// "source"): what we would have said had we never seen it.
std::vector<ValidatedRow> cross_validate(const Catalog& catalog, const std::vector<Measurement>& rows,
                                         std::string_view by, double level);

struct ResolvedRow;
/// Fills `validated` with what these constants say about a row they were fitted without.
void predict_left_out(const ResolvedRow& row, const Calibration& calibration, double level, ValidatedRow& validated);

/// Like rows, one vote: (device, count, model, format, engine, backend, phase).
struct AccuracyGroup {
  const ValidatedRow* example = nullptr;
  int rows = 0;
  double error = 0;      ///< median of its rows' errors
  double log_ratio = 0;  ///< median of ln(predicted / measured)
  double measured = 0;   ///< median, tokens per second
  double covered = 0;    ///< share of its rows inside their bands
};

/// Groups the rows that have an error and are not refused, in order of key. Pointers into `rows`.
std::vector<AccuracyGroup> accuracy_groups(const std::vector<ValidatedRow>& rows, bool without_device_terms = false);

/// One line of the report: each group has one vote in the errors, each device one in the coverage.
struct AccuracyLine {
  int rows = 0, groups = 0, devices = 0;
  double median_error = 0, p90_error = 0, median_log_error = 0, coverage = 0;
};

struct AccuracyReport {
  int rows = 0, predicted = 0;
  std::map<std::string, int> skipped;  ///< rows not predicted, by reason
  std::map<std::string, int> refused;  ///< rows predicted but impossible or marked as outliers, by reason
  std::map<std::string, AccuracyLine> classes;
  std::map<std::string, AccuracyLine> classes_without_device_terms;
  struct By {
    std::string by, name, error_class;
    AccuracyLine line;
  };
  std::vector<By> by;  ///< by backend, vendor, engine, model_kind, format_class, tier

  /// The line of a group of groups, or null.
  const AccuracyLine* find(std::string_view by, std::string_view name, std::string_view error_class) const;
};

AccuracyReport summarize_accuracy(const Catalog& catalog, const std::vector<ValidatedRow>& rows);

/// Fits the constants to the measurements (robust, shrunk, physics-gated) and the bands to the residuals.
Calibration fit_calibration(const Catalog& catalog, const std::vector<Measurement>& rows);

/// What a row weighs in the fit: calibration/rows.csv. Rows the catalog cannot state are not listed.
struct UsedRow {
  std::string id, group;
  double weight = 0;  ///< 0: refused by the gate
  std::string gate;   ///< "passes", or why it is refused
};
std::vector<UsedRow> used_rows(const Catalog& catalog, const std::vector<Measurement>& rows);

}  // namespace rigwise
