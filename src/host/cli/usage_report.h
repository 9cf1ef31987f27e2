#pragma once

#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// The answer of `usage import` for people: what is used in ten lines, the models, the work, the hours.
void print_usage(const Console& console, const Json& response);

/// One row a total, model, hour, weekday and kind of work.
DataRows usage_rows(const Json& response);

}  // namespace rigwise
