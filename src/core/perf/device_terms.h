#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/fit.h"

namespace rigwise {

/// Where a term belongs: what was measured, on how many of which device, with which engine and backend.
struct DeviceContext {
  std::string_view phase;  ///< phase_name()
  const Device* device = nullptr;
  std::string_view engine, backend, model;
  int count = 1;
};

/// What measurements of the same device add to the constants.
struct DeviceEvidence {
  double log_factor = 0;  ///< ln of what the predicted speed is multiplied with
  Tier tier = Tier::t3_same_backend;
};

/// Shrunk residuals of devices that were measured.
///
///     u_d = sum_g r_g / (n + 2);    u_dm = sum_{g of m} (r_g - u_d) / (n_m + 1);    r = ln(measured / predicted)
///
/// Gives  one term per (phase, device, count, engine, backend), one per model beside it, and one per chip (same
///        bandwidth and cores) for relatives that nobody measured. A device with one group moves a third of the way,
///        one with twenty nearly all of it.
/// From   predicting.md 4.9, log(meas/pred) = mu_backend + u_gpu + u_arch + eps; the 2 predicts models left out best.
std::vector<Constant> fit_device_terms(const FitRows& rows, const std::vector<double>& residuals);

/// Looks a context up. Without a term for the device: its chip's factor or 1, tier T3.
DeviceEvidence device_evidence(const Calibration& calibration, const DeviceContext& context);

/// For every group, what the terms would say had the group itself not been measured.
std::vector<DeviceEvidence> leave_one_out(const FitRows& rows, const std::vector<double>& residuals);

/// Context of a resolved row.
DeviceContext context_of(const ResolvedRow& row);

}  // namespace rigwise
