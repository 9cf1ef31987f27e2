#pragma once

#include <vector>

#include "core/machine/catalog_match.h"
#include "core/machine/probed_gpu.h"
#include "verbs/verbs.h"

namespace rigwise {

/// "gpu_speeds" of rigwise.probe/1: what was measured of each device, beside its record's figures.
Json probed_gpus_json(const Catalog& catalog, const std::vector<ProbedGpu>& gpus);
/// What of it predictions need, read back; broken entries are passed over.
std::vector<ProbedGpu> probed_gpus_of(const Json& list);

/// "sustained": null where the run was too short to show anything.
Json sustained_json(const std::optional<SustainedLoad>& load);

}  // namespace rigwise
