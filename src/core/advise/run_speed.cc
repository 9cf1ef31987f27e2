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
                int streams, const DeviceEvidence& evidence) {
  const LogBand band = evidence_band(calibration, error_class(query, prefill, streams), evidence, query.backend,
                                     query.engine->id, query.level);
  Estimate estimate;
  estimate.band = {value, value * std::exp(band.low), value * std::exp(band.high)};
  if (ceiling > 0) estimate.band.high = std::max(value, std::min(estimate.band.high, ceiling));
  estimate.level = query.level;
  estimate.tier = evidence.tier;
  const bool is_prior = calibration.bands.empty() || calibration.bands.front().groups == 0;
  const bool measured = evidence.own == OwnReach::here;
  estimate.basis = measured ? Basis::measured : is_prior ? Basis::first_principles : Basis::calibrated;
  return estimate;
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
  const EngineChoice runs_on{query.engine, query.backend, {}};
  const DeviceEvidence decoding = device_evidence(calibration, decode_context(query, runs_on));
  DeviceContext prompt = prefill_context(query, runs_on);
  prompt.at.streams = 1;  // a person waits for one prompt
  const DeviceEvidence prefilling = device_evidence(calibration, prompt);
  const double prefill_ceiling = prefill.roofline_s > 0 ? load.prompt_tokens / prefill.roofline_s : 0;
  return RunSpeed{
      banded(calibration, query, 1 / step.total_s, 1 / step.roofline_s, false, streams, decoding),
      banded(calibration, query, load.prompt_tokens / prefill.total_s, prefill_ceiling, true, 1, prefilling)};
}

}  // namespace rigwise
