#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "codec/diagnostic.h"
#include "codec/record.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// True when files at this path hold a TOML record the catalog knows ("devices/nvidia/x.toml").
bool is_catalog_record(std::string_view path);

/// Adds records and tables to a catalog, from wherever their text came. A record with faults is left out; one whose id
/// the catalog had before the builder replaces it; two new ones of one id are a fault.
class CatalogBuilder {
 public:
  CatalogBuilder(Catalog& catalog, std::vector<Diagnostic>& faults) : catalog_(catalog), faults_(faults) {}

  void add_record(const Record& record);
  void add_table(std::string_view path, std::string_view text);
  /// Orders the records by id and indexes their names.
  void finish();

 private:
  template <class Thing>
  void add(std::vector<Thing>& things, const Record& record, Thing (*decode)(const Record&, std::vector<Diagnostic>&));

  Catalog& catalog_;
  std::vector<Diagnostic>& faults_;
  std::unordered_map<std::string, std::string> file_of_;  ///< "kind/id" added here -> its file
};

/// The latest date found in prices and exchange rates: the catalog's date when its files state none.
std::string latest_price_date(const Catalog& catalog);

}  // namespace rigwise
