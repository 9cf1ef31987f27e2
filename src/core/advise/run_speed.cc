#include "core/advise/run_speed.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/perf/bands.h"
#include "core/perf/device_terms.h"

namespace rigwise {
namespace {

/// The class of errors that predict() puts such a run into.
std::string error_class(const PredictQuery& query, bool prefill, int streams) {
  if (query.setup.device_count() > 1 || streams > 1) return "many";
  return std::string(prefill ? "prefill" : "decode") + (query.backend == "cpu" ? "_cpu" : "");
}

Estimate banded(const Calibration& calibration, const PredictQuery& query, double value, double ceiling, bool prefill,
                int streams, Tier tier) {
  const LogBand band =
      band_for(calibration, error_class(query, prefill, streams), tier, query.backend, query.engine->id, query.level);
  Estimate estimate;
  estimate.band = {value, value * std::exp(band.low), value * std::exp(band.high)};
  if (ceiling > 0) estimate.band.high = std::max(value, std::min(estimate.band.high, ceiling));
  estimate.level = query.level;
  estimate.tier = tier;
  const bool is_prior = calibration.bands.empty() || calibration.bands.front().groups == 0;
  estimate.basis = is_prior ? Basis::first_principles : Basis::calibrated;
  return estimate;
}

Tier tier_of(const Calibration& calibration, const PredictQuery& query, const char* phase) {
  const DeviceContext context{phase,           query.setup.parts.front().device, query.engine->id, query.backend,
                              query.model->id, query.setup.device_count()};
  return device_evidence(calibration, context).tier;
}

}  // namespace

std::optional<RunSpeed> run_speed(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                  const WeightPlan& weights, const KvPlan& kv) {
  const Result<SpeedModel> model = build_speed_model(catalog, calibration, query, weights, kv);
  if (!model) return std::nullopt;
  const Workload& load = query.workload;
  const int streams = std::max(1, load.concurrency);
  const StepTerms step = model->decode_step(load.depth_tokens + load.prompt_tokens + load.output_tokens / 2, streams);
  const StepTerms prefill = model->prefill(load.prompt_tokens, load.depth_tokens, 1);
  const Tier decode_tier = tier_of(calibration, query, streams > 1 ? "decode_total" : "decode");
  const Tier prefill_tier = tier_of(calibration, query, "prefill");
  const double prefill_ceiling = prefill.roofline_s > 0 ? load.prompt_tokens / prefill.roofline_s : 0;
  return RunSpeed{
      banded(calibration, query, 1 / step.total_s, 1 / step.roofline_s, false, streams, decode_tier),
      banded(calibration, query, load.prompt_tokens / prefill.total_s, prefill_ceiling, true, 1, prefill_tier)};
}

}  // namespace rigwise
