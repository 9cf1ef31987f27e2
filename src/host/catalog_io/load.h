#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/catalog_text.h"

namespace rigwise {

/// The bundle that the build embedded.
std::string_view embedded_bundle();

/// Embedded facts with the user's folders laid over them, later ones winning. Faults in the folders are diagnostics;
/// a folder that cannot be read is an io error.
Result<LoadedCatalog> load_catalog(const std::vector<std::string>& overlay_folders);

/// A whole catalog from a folder of source files instead of the embedded facts (`rigwise catalog check DIR`, frozen
/// catalogs of tests), with overlays over it. The fitted constants stay the embedded ones.
Result<LoadedCatalog> load_catalog_folder(const std::string& folder, const std::vector<std::string>& overlay_folders);

/// The TOML and CSV files of a folder, as decode_catalog() and write_bundle() take them.
Result<std::vector<CatalogFile>> read_catalog_files(const std::string& folder);

}  // namespace rigwise
