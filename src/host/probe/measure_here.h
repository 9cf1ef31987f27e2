#pragma once

#include "core/machine/probed_gpu.h"
#include "host/probe/measure_cpu.h"
#include "verbs/probe_response.h"

namespace rigwise {

/// What to measure beside the processor.
struct GraphicsChoices {
  bool is_wanted = true;
  bool software = false;  ///< lavapipe too
};

/// Everything that is measured here.
struct MeasuredHere {
  ProbedSpeed speed;
  ProbedGraphics graphics;
};

/// The processor first, then each graphics processor, with the power of both where this machine tells it. A fault of
/// one device leaves its figures out, says why, and goes on. Errors  those of measure_cpu().
Result<MeasuredHere> measure_here(const FoundMachine& machine, const MeasureChoices& choices,
                                  const GraphicsChoices& graphics, const std::function<bool()>& is_stopped,
                                  const MeasureProgress& progress);

}  // namespace rigwise
