#pragma once

#include "core/machine/catalog_match.h"
#include "core/machine/probed_gpu.h"
#include "core/machine/probed_speed.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What was measured of graphics processors, and why not more: "there is no Vulkan loader".
struct ProbedGraphics {
  std::vector<ProbedGpu> gpus;
  std::string fault;
};

/// The answer of `rigwise probe` (docs/schema/probe.response.json): what was found, what it is in the catalog, what was
/// measured (`speed` null: nothing), and which models the machine runs how fast in the usual 4-bit format.
Json probe_response(const House& house, const FoundMachine& machine, const ProbedSpeed* speed,
                    const ProbedGraphics& graphics = {});

/// The "speed" object of such an answer, and back.
Json probed_speed_json(const ProbedSpeed& speed);
ProbedSpeed probed_speed_of(const Json& speed);

/// Adds this machine's record to the house and lets the predictor learn what was measured on it.
void settle_here(House& house, Device here, const ProbedSpeed* speed, const std::vector<ProbedGpu>& gpus = {});

/// The record as a catalog file, for devices/here/here.toml of a folder that is laid over the catalog.
std::string here_record_toml(const Device& here);

}  // namespace rigwise
