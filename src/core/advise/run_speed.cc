#include "core/advise/run_speed.h"

namespace rigwise {
namespace {

/// predicting.md 4.10, starting band of tier T4.
Estimate estimate_of(double value) {
  Estimate estimate;
  estimate.band = {value, value * 0.65, value * 1.55};
  return estimate;
}

}  // namespace

std::optional<RunSpeed> run_speed(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                  const WeightPlan& weights, const KvPlan& kv) {
  const Result<SpeedModel> model = build_speed_model(catalog, calibration, query, weights, kv);
  if (!model) return std::nullopt;
  const Workload& load = query.workload;
  const double decode = model->decode_tokens_per_s(load.depth_tokens, load.concurrency);
  const double prefill = load.prompt_tokens / model->prefill(load.prompt_tokens, 0, 1).total_s;
  return RunSpeed{estimate_of(decode), estimate_of(prefill)};
}

}  // namespace rigwise
