#include "core/advise/run_speed.h"

#include <algorithm>

#include "core/perf/banded.h"

namespace rigwise {
std::optional<RunSpeed> run_speed(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                  const WeightPlan& weights, const KvPlan& kv) {
  const Result<SpeedModel> model = build_speed_model(catalog, calibration, query, weights, kv);
  if (!model) return std::nullopt;
  const Workload& load = query.workload;
  const int streams = std::max(1, load.concurrency);
  const StepTerms step = model->decode_step(load.depth_tokens + load.prompt_tokens + load.output_tokens / 2, streams);
  const StepTerms prefill = model->prefill(load.prompt_tokens, load.depth_tokens, 1);
  const EngineChoice runs_on{query.engine, query.backend, {}};
  const DeviceEvidence decoding =
      as_spilled(device_evidence(calibration, decode_context(query, runs_on)), model->spills());
  DeviceContext prompt = prefill_context(query, runs_on);
  prompt.at.streams = 1;  // a person waits for one prompt
  const DeviceEvidence prefilling = as_spilled(device_evidence(calibration, prompt), model->spills());
  const double prefill_ceiling = prefill.roofline_s > 0 ? load.prompt_tokens / prefill.roofline_s : 0;
  const Banding banding{calibration, query.backend, query.engine->id, query.level, widening_of(query, model->spills())};
  return RunSpeed{
      banding.speed(1 / step.total_s, error_class(query, query.backend, false, streams), decoding, 1 / step.roofline_s),
      banding.speed(load.prompt_tokens / prefill.total_s, error_class(query, query.backend, true, 1), prefilling,
                    prefill_ceiling)};
}

}  // namespace rigwise
