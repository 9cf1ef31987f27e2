#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// One fitted (or prior) constant with the evidence behind it.
struct Constant {
  std::string key;        ///< "decode.eta/cuda/llama.cpp/nvidia-ada/k4"
  double value = 0;
  int groups = 0;         ///< (device, count, model, format, engine, backend) groups that moved it; 0: prior
  std::string from;       ///< source of a prior, or "fit"
};

/// Half-width of the band on the natural-log scale for a residual group: low = value*exp(lo), high = value*exp(hi).
struct BandRecord {
  std::string key;  ///< "decode/cuda" ... finest first, parents follow
  double log_low = 0, log_high = 0;
  int groups = 0;
};

/// Constants of the speed model. Written by `rigwise calibrate` into calibration/constants.csv and bands.csv,
/// embedded in the bundle; priors with their sources fill what data do not reach.
struct Calibration {
  std::string formula_version;
  std::string catalog_hash;  ///< of the catalog it was fitted on
  std::vector<Constant> constants;
  std::vector<BandRecord> bands;
  std::unordered_map<std::string, std::size_t> index;  ///< key -> constants position

  /// The constant for a key, or null.
  const Constant* find(std::string_view key) const;
  void reindex();
};

/// Built-in priors (predicting.md 4.3, 4.4) so that a prediction is possible without any measurement.
Calibration prior_calibration();

}  // namespace rigwise
