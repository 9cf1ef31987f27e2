#pragma once

#include "codec/json_text.h"
#include "core/measure/energy.h"

namespace rigwise {

/// "energy" of a level of rigwise.bench/1: joules by source and together, what the sum covers, joules of a token.
Json window_energy_json(const WindowEnergy& energy);

}  // namespace rigwise
