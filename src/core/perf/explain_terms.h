#pragma once

#include <string>
#include <vector>

#include "core/perf/parts.h"
#include "core/perf/predict.h"

namespace rigwise {

/// The parts of a step or of a prefill with their formulas in words. Overlapping parts are marked: they do not add up.
std::vector<Term> decode_terms(const StepTerms& step);
std::vector<Term> prefill_terms(const StepTerms& prefill);

/// Constants that this prediction depends on, with the number of measured groups behind each.
std::vector<Constant> constants_that_matter(const SpeedParts& parts, const Calibration& calibration,
                                            const Workload& workload);

/// What was taken for granted beyond what the parts say.
void add_usual_assumptions(const PredictQuery& query, const SpeedParts& parts, Prediction& prediction);

/// Ids of at most five measurements: same device and model first, same device or same model after.
std::vector<std::string> nearby_measurements(const Catalog& catalog, const PredictQuery& query,
                                             const Prediction& prediction);

}  // namespace rigwise
