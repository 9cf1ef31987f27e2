#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/perf/bands.h"
#include "core/perf/device_terms.h"
#include "core/perf/fit.h"
#include "core/perf/gate.h"
#include "core/perf/learn.h"
#include "core/perf/validate.h"

namespace rigwise {
namespace {

constexpr int kFolds = 8;

/// Residuals of rows whose fold was left out of the fit, and the constants of each fold.
struct CrossFit {
  Folds folds;
  std::vector<ParamValues> values;  ///< by fold
  std::vector<double> residuals;    ///< of each row under its own fold's values
};

CrossFit cross_fit(const FitRows& rows, std::string_view by, const ParamValues& start) {
  CrossFit cross;
  cross.folds = make_folds(rows, by, kFolds);
  cross.residuals.resize(rows.rows.size());
  for (int fold = 0; fold < cross.folds.count; ++fold) {
    std::vector<bool> use(rows.rows.size());
    for (std::size_t i = 0; i < use.size(); ++i) use[i] = cross.folds.of_row[i] != fold;
    cross.values.push_back(fit_parameters(rows, use, start));
    const std::vector<double> residuals = log_residuals(rows, cross.values.back());
    for (std::size_t i = 0; i < use.size(); ++i) {
      if (!use[i]) cross.residuals[i] = residuals[i];
    }
  }
  return cross;
}

void add_band_residuals(const std::vector<GroupResidual>& groups, const std::vector<DeviceEvidence>& evidence,
                        bool with_evidence, std::vector<BandResidual>& out) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].rows == 0) continue;
    const DeviceEvidence& e = evidence[g];
    const bool known = e.tier != Tier::t3_same_backend;
    if (known != with_evidence) continue;
    const ResolvedRow& r = *groups[g].example;
    out.push_back({r.error_class, r.backend, r.engine->id, r.device().id, e.tier, groups[g].log_ratio - e.log_factor});
  }
}

/// Residuals the bands are made of: devices left out (T3), and, for devices with evidence, each group as its
/// device's other groups would have predicted it (T1, T2).
std::vector<BandResidual> band_residuals(const FitRows& rows, const std::vector<double>& in_sample,
                                         const std::vector<double>& left_out) {
  std::vector<BandResidual> out;
  const std::vector<DeviceEvidence> nothing(rows.groups.size());
  add_band_residuals(group_residuals(rows, left_out), nothing, false, out);
  add_band_residuals(group_residuals(rows, in_sample), leave_one_out(rows, in_sample), true, out);
  return out;
}

Calibration calibration_from(const FitRows& rows, const ParamValues& values) {
  Calibration calibration = calibration_of(values);
  const std::vector<int> moved = groups_moved(rows, values);
  for (int i = 0; i < kParamCount; ++i) {
    const std::size_t p = static_cast<std::size_t>(i);
    if (param_spec(i).log_sd <= 0 || moved[p] == 0) continue;
    calibration.constants[p].groups = moved[p];
    calibration.constants[p].from = "fit";
  }
  return calibration;
}

int fitted_groups(const FitRows& rows) {
  std::set<int> groups;
  for (const FitRow& row : rows.rows) {
    if (row.weight > 0) groups.insert(row.group);
  }
  return static_cast<int>(groups.size());
}

/// Rows of one fold: everything the fold's fit has not seen.
FitRows without(const FitRows& rows, const Folds& folds, int fold) {
  FitRows rest;
  rest.groups = rows.groups;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (folds.of_row[i] != fold) rest.rows.push_back(rows.rows[i]);
  }
  return rest;
}

std::vector<double> residuals_without(const std::vector<double>& residuals, const Folds& folds, int fold) {
  std::vector<double> rest;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (folds.of_row[i] != fold) rest.push_back(residuals[i]);
  }
  return rest;
}

}  // namespace

std::vector<UsedRow> used_rows(const Catalog& catalog, const std::vector<Measurement>& measurements) {
  const FitRows rows = make_fit_rows(catalog, measurements);
  std::vector<UsedRow> used;
  used.reserve(rows.rows.size());
  for (const FitRow& row : rows.rows) {
    used.push_back({row.resolved.row->id, rows.groups[static_cast<std::size_t>(row.group)], row.weight,
                    gate_name(gate_of(row.resolved))});
  }
  return used;
}

Calibration fit_calibration(const Catalog& catalog, const std::vector<Measurement>& measurements) {
  const FitRows rows = make_fit_rows(catalog, measurements);
  const ParamValues values = fit_parameters(rows, {}, prior_values());
  Calibration calibration = calibration_from(rows, values);
  calibration.catalog_hash = catalog.content_hash;
  calibration.groups = fitted_groups(rows);
  if (rows.rows.empty()) return prior_calibration();
  const std::vector<double> residuals = log_residuals(rows, values);
  calibration.device_terms = fit_device_terms(rows, residuals);
  const CrossFit cross = cross_fit(rows, "hardware", values);
  calibration.bands = fit_bands(band_residuals(rows, residuals, cross.residuals));
  calibration.reindex();
  for (BandRecord& band : fit_own_bands(own_residuals(rows, residuals, cross.residuals, calibration))) {
    calibration.bands.push_back(std::move(band));
  }
  calibration.reindex();
  return calibration;
}

std::vector<LearnTrial> learn_trials(const Catalog& catalog, const std::vector<Measurement>& measurements) {
  const FitRows rows = make_fit_rows(catalog, measurements);
  if (rows.rows.empty()) return {};
  const ParamValues values = fit_parameters(rows, {}, prior_values());
  const std::vector<double> residuals = log_residuals(rows, values);
  const CrossFit cross = cross_fit(rows, "hardware", values);
  Calibration published = calibration_from(rows, values);
  published.bands = fit_bands(band_residuals(rows, residuals, cross.residuals));
  published.reindex();
  std::map<std::string, int> fold_of;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    fold_of.emplace(rows.rows[i].resolved.device().id, cross.folds.of_row[i]);
  }
  const std::vector<OwnResidual> all = own_residuals(rows, residuals, cross.residuals, published);
  std::vector<LearnTrial> trials;
  trials.reserve(all.size());
  for (int fold = 0; fold < cross.folds.count; ++fold) {
    std::vector<OwnResidual> others;
    for (const OwnResidual& r : all) {
      if (fold_of.at(r.device) != fold) others.push_back(r);
    }
    Calibration learned = published;
    for (BandRecord& band : fit_own_bands(others)) learned.bands.push_back(std::move(band));
    learned.reindex();
    for (const OwnResidual& r : all) {
      if (fold_of.at(r.device) != fold) continue;
      const LogBand before{r.published_low, r.published_high};
      const OwnNearness nearness{r.reach, r.distance, 0};
      trials.push_back(
          {r, before, own_band(learned, r.error_class, nearness, r.known, before, r.backend, r.engine, 0.8)});
    }
  }
  return trials;
}

std::vector<ValidatedRow> cross_validate(const Catalog& catalog, const std::vector<Measurement>& measurements,
                                         std::string_view by, double level) {
  const FitRows rows = make_fit_rows(catalog, measurements);
  const CrossFit cross = cross_fit(rows, by, fit_parameters(rows, {}, prior_values()));
  std::map<const Measurement*, ValidatedRow> left_out;
  for (int fold = 0; fold < cross.folds.count; ++fold) {
    const std::size_t f = static_cast<std::size_t>(fold);
    const FitRows rest = without(rows, cross.folds, fold);
    const std::vector<double> residuals = log_residuals(rest, cross.values[f]);
    Calibration calibration = calibration_from(rest, cross.values[f]);
    calibration.device_terms = fit_device_terms(rest, residuals);
    calibration.bands =
        fit_bands(band_residuals(rest, residuals, residuals_without(cross.residuals, cross.folds, fold)));
    calibration.reindex();
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      if (cross.folds.of_row[i] != fold) continue;
      const ResolvedRow& r = rows.rows[i].resolved;
      predict_left_out(r, calibration, level, left_out[r.row]);
    }
  }
  std::vector<ValidatedRow> validated;
  for (const Measurement& row : measurements) {
    const auto found = left_out.find(&row);
    if (found != left_out.end()) {
      validated.push_back(std::move(found->second));
      continue;
    }
    ValidatedRow v;
    v.row = &row;
    v.skip_reason = resolve_row(catalog, row).skip_reason;
    if (v.skip_reason.empty()) v.skip_reason = "row_unreadable";
    validated.push_back(std::move(v));
  }
  return validated;
}

}  // namespace rigwise
