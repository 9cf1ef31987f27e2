#pragma once

#include "codec/json_text.h"
#include "host/cli/console.h"
#include "host/cli/data_rows.h"

namespace rigwise {

/// Prints runs measured beside predicted (compared_runs()): a heading a machine, model, format and engine, and under it
/// a line a test with its measurement, the prediction with its interval, whether it lies inside, and measured /
/// predicted.
void print_compared(const Console& console, const Json& compared);

/// The same as rows for programs.
DataRows compared_rows(const Json& compared);

}  // namespace rigwise
