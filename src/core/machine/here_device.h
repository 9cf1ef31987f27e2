#pragma once

#include "core/machine/catalog_match.h"
#include "core/machine/probed_gpu.h"
#include "core/machine/probed_speed.h"

namespace rigwise {

/// Id of the record of the machine that rigwise runs on.
inline constexpr const char* kHere = "here";

/// This machine as a record: a build of its cards or of the whole machine where the catalog has them, else a processor
/// with the memory that a model may take and the bandwidth that was read.
/// Takes  `speed` null where nothing was measured: the bandwidth then is what modules or the processor's record say.
/// Holds  a bandwidth that was measured is what reads reached, not what the modules could; nothing goes above it.
///        A card that the catalog lacks and that was measured is a record of its own: its driver's memory, the
///        bandwidth of its memory's clock and width or else what reads reached, the multiply-adds that were measured.
Device here_device(const FoundMachine& machine, const MachineInCatalog& in_catalog, const ProbedSpeed* speed,
                   const std::vector<ProbedGpu>& gpus = {});

}  // namespace rigwise
