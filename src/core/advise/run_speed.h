#pragma once

#include <optional>

#include "core/perf/predict.h"

namespace rigwise {

/// The two speeds that advice rests on, with their bands.
struct RunSpeed {
  Estimate decode;   ///< tokens/s of one stream, with the query's concurrency
  Estimate prefill;  ///< prompt tokens/s of one request alone
};

/// What predict() says about decode and prefill, without the words and without the memory check: cheap enough for
/// tens of thousands of calls. Nothing when the pair cannot be predicted.
std::optional<RunSpeed> run_speed(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                  const WeightPlan& weights, const KvPlan& kv);

}  // namespace rigwise
