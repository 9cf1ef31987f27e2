#pragma once

#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/calibration.h"

namespace rigwise {

/// One group's residual for the bands: ln(measured / predicted) of a prediction that had not seen the group.
struct BandResidual {
  std::string error_class, backend, engine, device;
  Tier tier = Tier::t3_same_backend;
  double log_ratio = 0;
};

/// Split-conformal 80 % bands, finest first: class/tier/backend/engine, class/tier/backend, class/tier. A record
/// needs 20 groups; each device weighs as much as any other.
/// From  predicting.md 4.10.
std::vector<BandRecord> fit_bands(const std::vector<BandResidual>& residuals);

/// Band of a prediction on the natural-log scale at a level: the finest record that exists, stretched by the normal
/// quantile when the level is not 0.8.
struct LogBand {
  double low = 0, high = 0;
};
LogBand band_for(const Calibration& calibration, const std::string& error_class, Tier tier, const std::string& backend,
                 const std::string& engine, double level);

}  // namespace rigwise
