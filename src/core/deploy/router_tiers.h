#pragma once

#include <vector>

#include "core/deploy/kit_plan.h"

namespace rigwise {

/// The names people ask for, of the processes that the router reaches: fast is what answers quickest by the plan,
/// premium what the plan holds for best of the others (the most parameters where nobody scored both), standard the best
/// of the rest. Where the quickest is better than that, the two change places: a higher tier never has the worse model.
/// With one process all three are that one; with two, standard is premium's.
std::vector<RouterTier> router_tiers(const KitPlan& plan);

/// Requests a minute that a process keeps up with: its streams over what a request takes with all of them busy, at the
/// length of the plan's confirming load. 0: no prediction says.
double requests_per_minute(const PlannedModel& model);

/// The tiers a group may ask for: its own and those below.
std::vector<std::string> tiers_up_to(const std::string& tier);

}  // namespace rigwise
