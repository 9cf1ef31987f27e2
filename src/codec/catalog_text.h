#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/facts/catalog.h"
#include "core/perf/calibration.h"

namespace rigwise {

/// A catalog file as text; `path` is relative to the catalog folder ("devices/nvidia/x.toml", "prices/api.csv")
/// or starts with "calibration/".
struct CatalogFile {
  std::string path;
  std::string text;
};

struct LoadedCatalog {
  Catalog catalog;
  Calibration calibration;
  std::vector<Diagnostic> diagnostics;
};

/// TOML and CSV files -> facts. Unknown keys, wrong types, bad enum words, bad dates, missing sources are diagnostics
/// with file, line and key. Native only (TOML); the browser reads bundles.
LoadedCatalog decode_catalog(const std::vector<CatalogFile>& files);

/// Lays the user's files over a catalog: a known id replaces, a new one adds; CSV rows are appended.
std::vector<Diagnostic> overlay_catalog(Catalog& catalog, const std::vector<CatalogFile>& files);

/// The one flat bundle: schema version, content hash (SHA-256 of the files), records flattened, tables verbatim.
Result<std::string> write_bundle(const std::vector<CatalogFile>& files);

/// Reads a bundle that write_bundle() made (a few milliseconds). corrupt_data when it is anything else.
Result<LoadedCatalog> read_bundle(std::string_view bundle);

/// Rules across records: references exist, names unique, shape arithmetic within 4 %, bandwidth per capacity,
/// ceilings above every measurement not marked OUTLIER, source present.
std::vector<Diagnostic> check_catalog(const Catalog& catalog);

}  // namespace rigwise
