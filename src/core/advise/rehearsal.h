#pragma once

#include <string>
#include <vector>

#include "core/advise/advise.h"

namespace rigwise {

/// Lets an option live through its busiest hour: the tasks of each pool are served by core/capacity's simulator, with
/// the queue behind other people's prompts that a speed alone does not show.
///
/// People ask at the rate of their roles in the peak hour (Poisson); a target's streams ask again as soon as they have
/// read the last answer at the asked speed. Lengths vary by half of their mean (lognormal). Tasks that run the same
/// model share one engine and one queue.
///
/// Takes  an option as the search left it; at least a few hundred requests a task are simulated, always the same ones.
/// Gives  by task the waits and writing speeds, or why they were not simulated.
/// Holds  for one replica of several: each gets its share of the requests.
Rehearsal rehearse(const Catalog& catalog, const Calibration& calibration, const Option& option);

}  // namespace rigwise
