#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/bands.h"
#include "core/perf/fit.h"

namespace rigwise {

/// Where a term belongs: what was measured, on how many of which device, with which engine and backend.
struct DeviceContext {
  std::string_view phase;  ///< phase_name()
  const Device* device = nullptr;
  std::string_view engine, backend, model;
  int count = 1;
  /// Where among the workloads: only the user's own runs are that near.
  std::string_view format = {};
  RunPoint at = {};
  std::string_view kv_format = {};  ///< asked for; empty: the engine's own
  double token_bytes = 0;           ///< token_bytes() of model and format
};

/// What measurements of the same device add to the constants.
struct DeviceEvidence {
  double log_factor = 0;  ///< ln of what the predicted speed is multiplied with
  Tier tier = Tier::t3_same_backend;
  Tier published = Tier::t3_same_backend;   ///< the tier without the user's own runs
  OwnReach own = OwnReach::none;            ///< how near the user's own runs come
  double own_distance = 0, own_spread = 0;  ///< OwnNearness of the nearest
  double shrunk_away = 0;                   ///< share of the few groups' residual that shrinkage leaves unexplained
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

/// Looks a context up. Without a term for the device: its chip's factor or 1, tier T3. What the user's own runs say
/// (learn.h) comes on top.
DeviceEvidence device_evidence(const Calibration& calibration, const DeviceContext& context);

/// The same from published measurements alone.
DeviceEvidence published_evidence(const Calibration& calibration, const DeviceContext& context);

/// Band of a prediction with this evidence: what published measurements allow, narrowed by the user's own runs
/// (own_band in bands.h). Few published groups are heard in part only: the rest of what a stranger's band allows stays.
LogBand evidence_band(const Calibration& calibration, const std::string& error_class, const DeviceEvidence& evidence,
                      const std::string& backend, const std::string& engine, double level);

/// Weights that a token meets, in bytes: what two models differ in as far as a device cares.
double token_bytes(const Llm& model, const Format& format);

/// Keys of a context's terms: for the device, for the model on it, for the chip (empty where the record names none),
/// and for the very set-up, weight format included.
std::string device_key(const DeviceContext& context);
/// Of the device and the weight format: what probed processors have, whose formats differ more than models do.
std::string format_key(const DeviceContext& context);
std::string model_key(const DeviceContext& context);
std::string chip_key(const DeviceContext& context);
std::string setup_key(const DeviceContext& context);

/// For every group, what the terms would say had the group itself not been measured.
std::vector<DeviceEvidence> leave_one_out(const FitRows& rows, const std::vector<double>& residuals);

/// Context of a resolved row.
DeviceContext context_of(const ResolvedRow& row);

/// Contexts of a question about one kind of device: its answer's tokens (of all streams, when there are several) and
/// its prompt's.
DeviceContext decode_context(const PredictQuery& query, const EngineChoice& choice);
DeviceContext prefill_context(const PredictQuery& query, const EngineChoice& choice);

}  // namespace rigwise
