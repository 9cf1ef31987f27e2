#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/measurement.h"

namespace rigwise {

/// Measurement CSV (docs/catalog.md) -> rows, in order, none lost: a row with a bad cell keeps its place and says why
/// in `defect`. Columns are found by name, in any order; unknown extra columns are ignored.
/// Errors  missing required columns (named, with the nearest present), text that is no CSV. `name` words `where`.
Result<std::vector<Measurement>> decode_measurements(std::string_view csv, std::string_view name);

/// Rows of the user's own, which are expected to be whole: a bad cell is an error at NAME:LINE.
Result<std::vector<Measurement>> decode_own_measurements(std::string_view csv, std::string_view name);

/// The columns of the contract, in order, as the header line without its end.
extern const char* const kMeasurementColumns;

/// A row's cells in that order, as CSV without a line end.
std::string measurement_cells(const Measurement& row);

/// Rows as CSV lines in that order, without a header.
std::string measurement_lines(const std::vector<Measurement>& rows);

/// A text and the name its faults are told with.
struct NamedText {
  std::string name, text;
};

/// Several measurement CSVs as one, whatever the order of their columns. Nothing is judged: bad cells and rows of the
/// wrong length stay so. The same line twice counts once; a row without an id gets one of its file's name and line.
/// Errors  as of decode_measurements(), by the name of the file.
Result<std::string> merged_measurements(const std::vector<NamedText>& texts);

}  // namespace rigwise
