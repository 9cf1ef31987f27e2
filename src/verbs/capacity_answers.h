#pragma once

#include "core/capacity/search.h"
#include "verbs/capacity_request.h"

namespace rigwise {

/// One model as it is served: names, memory, how the engine schedules, its load and objectives.
Json service_json(const Service& service, const ServiceQuestion& question, const Slo& slo);

/// One simulated size: waits, throughput, energy, per model.
Json sized_run_json(const SizedRun& sized, const CapacityQuestion& question);

/// {"kind", "reason", "tried_size", "slo_ratio", "reliefs": [{"of", "slo_ratio"}]}
Json bottleneck_json(const Bottleneck& bottleneck, const CapacityQuestion& question);

/// "25 people", "12 users", "140 percent of the load"
std::string size_text(int size, LoadUnit unit);

}  // namespace rigwise
