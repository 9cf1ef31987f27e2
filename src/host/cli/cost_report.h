#pragma once

#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// The answer of `cost` for people: the bill by year, cost of a million tokens, break-even, what matters most.
void print_cost(const Console& console, const Json& response, bool by_month);

/// The same for programs.
DataRows cost_rows(const Json& response);

}  // namespace rigwise
