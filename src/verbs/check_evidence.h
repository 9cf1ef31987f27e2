#pragma once

#include <vector>

#include "verbs/check_question.h"

namespace rigwise {

/// A published run that speaks to a claim.
struct NearRun {
  const Measurement* run = nullptr;
  bool same = false;    ///< same devices, model, format class and phase; depth and streams alike; not doubtful
  double distance = 0;  ///< 0 for the same question; grows with every difference
};

/// Runs on the claim's devices, or of its model on devices of like bandwidth, nearest first; none that is marked as an
/// outlier, was taken back, or cannot be true.
std::vector<NearRun> nearest_runs(const Catalog& catalog, const CheckQuestion& question);

/// At most five runs of one phase that speak to a prediction, nearest first; for a mixed set-up, which has none of its
/// own, those that the prediction names.
std::vector<Measurement> evidence_for(const House& house, const PredictQuery& query, Phase phase,
                                      const Prediction& prediction);

}  // namespace rigwise
