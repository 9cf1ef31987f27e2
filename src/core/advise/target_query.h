#pragma once

#include "core/advise/advise.h"
#include "core/perf/predict.h"

namespace rigwise {

/// The question that predict() would be asked about a task on an option: its run, on the pool where it stands, with the
/// task's own workload and streams.
PredictQuery target_query(const TargetAnswer& target, const Option& option);

}  // namespace rigwise
