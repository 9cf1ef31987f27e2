#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/measurement.h"

namespace rigwise {

/// Measurement CSV (docs/catalog.md) -> rows, in order, none lost: a row with a bad cell keeps its place and says why
/// in `defect`. Columns are found by name, in any order; unknown extra columns are ignored.
/// Errors  missing required columns (named, with the nearest present), text that is no CSV. `name` words `where`.
Result<std::vector<Measurement>> decode_measurements(std::string_view csv, std::string_view name);

}  // namespace rigwise
