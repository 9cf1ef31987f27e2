#pragma once

#include <string_view>

#include "verbs/formula.h"
#include "verbs/seeds/records.h"

namespace rigwise {

/// "PLAN/KEY/KEY": a figure of what the verb cost answers to plans/PLAN.json. A text "$name" in the plan is the value
/// of that name among the inputs bound before. Of a list, a key is a place (from 0) or the name of an item.
Result<SeedValue> planned_cost(const House& house, std::string_view rest, const Symbols& inputs);

}  // namespace rigwise
