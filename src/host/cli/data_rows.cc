#include "host/cli/data_rows.h"

#include "codec/csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

std::string plain(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return shortest(value.get<double>());
  std::string text;
  for (const Json& item : value) {
    if (!text.empty()) text += ';';
    text += plain(item);
  }
  return text;
}

}  // namespace

std::vector<std::string> DataRows::quantity_columns(std::vector<std::string> owner) {
  for (const char* name : {"quantity", "value", "low", "high", "unit"}) owner.emplace_back(name);
  return owner;
}

void DataRows::add_quantity(std::vector<Json> owner, const std::string& name, const Json& quantity,
                            const std::string& unit) {
  const bool banded = quantity.is_object() && quantity.contains("value");
  if (!banded && !quantity.is_number()) return;
  owner.push_back(name);
  owner.push_back(banded ? quantity["value"] : quantity);
  owner.push_back(banded ? quantity["low"] : Json(nullptr));
  owner.push_back(banded ? quantity["high"] : Json(nullptr));
  owner.push_back(unit);
  rows.push_back(std::move(owner));
}

std::string DataRows::as_csv() const {
  std::string text;
  for (std::size_t c = 0; c < columns.size(); ++c) text += (c == 0 ? "" : ",") + csv_cell(columns[c]);
  text += '\n';
  for (const std::vector<Json>& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c) text += (c == 0 ? "" : ",") + csv_cell(plain(row[c]));
    text += '\n';
  }
  return text;
}

}  // namespace rigwise
