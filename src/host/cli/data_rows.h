#pragma once

#include <string>
#include <vector>

#include "codec/json_text.h"

namespace rigwise {

/// An answer for programs (--format csv): one header line, then rows of plain values and nothing else. Numbers keep
/// every digit, the unit stands in the column's name or in a column `unit`, and what is unknown is an empty cell.
struct DataRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;

  /// The columns of add_quantity(), after those that say what the quantity belongs to.
  static std::vector<std::string> quantity_columns(std::vector<std::string> owner = {});
  /// A row "owner..., quantity, value, low, high, unit" from an estimate or a plain number; none when it is unknown.
  void add_quantity(std::vector<Json> owner, const std::string& name, const Json& quantity, const std::string& unit);

  std::string as_csv() const;
};

}  // namespace rigwise
