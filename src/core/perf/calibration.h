#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/perf/own_runs.h"
#include "core/perf/parameters.h"

namespace rigwise {

/// One fitted (or prior) constant with the evidence behind it.
struct Constant {
  std::string key;  ///< "decode.unit_bandwidth.cuda"
  double value = 0;
  int groups = 0;    ///< (device, count, model, format, engine, backend, phase) groups that moved it; 0: prior
  std::string from;  ///< source of a prior, or "fit"
};

/// Half-width of the band on the natural-log scale for a residual group: low = value*exp(lo), high = value*exp(hi).
struct BandRecord {
  std::string key;  ///< "decode/t3/cuda/llamafile" ... finest first, parents follow
  double log_low = 0, log_high = 0;
  int groups = 0;
};

/// Constants of the speed model. Written by `rigwise calibrate` into calibration/constants.csv and bands.csv,
/// embedded in the bundle; priors with their sources fill what data do not reach.
struct Calibration {
  std::string formula_version;
  std::string catalog_hash;  ///< of the catalog it was fitted on
  int groups = 0;            ///< groups of measurements it was fitted to; 0: priors, or not recorded
  std::vector<Constant> constants;
  /// What measured devices do better (above 1) or worse than the constants say, shrunk towards 1: evidence about
  /// single devices, not constants of the model. Key "decode/<device id>/<engine id>/<backend>" and the like.
  std::vector<Constant> device_terms;
  std::vector<BandRecord> bands;
  std::unordered_map<std::string, std::size_t> index;         ///< constants by key
  std::unordered_map<std::string, std::size_t> device_index;  ///< device_terms by key
  std::unordered_map<std::string, std::size_t> band_index;    ///< bands by key
  ParamValues values{};                                       ///< every parameter's value, from constants or prior
  OwnRuns own;                                                ///< what the user's own runs add (learn.h); never shipped

  /// The constant for a key, or null.
  const Constant* find(std::string_view key) const;
  const Constant* find_device_term(const std::string& key) const;
  const BandRecord* find_band(const std::string& key) const;
  /// Constants that measurements moved, priors not counted.
  int fitted_constants() const;
  const Constant* find_own_term(const std::string& key) const;
  /// Rebuilds the indexes and `values` after the lists changed.
  void reindex();
};

/// Version of the formulas that the constants belong to.
extern const char* const kFormulaVersion;

/// Built-in priors (predicting.md 4.3, 4.4) so that a prediction is possible without any measurement.
Calibration prior_calibration();

/// A calibration with these parameter values and nothing else; used while fitting.
Calibration calibration_of(const ParamValues& values);

}  // namespace rigwise
