#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/catalog_text.h"

namespace rigwise {

/// The bundle this program was built with (cmake/bundle.cmake).
std::string_view embedded_bundle();

/// The files of a catalog folder, paths relative to it. Folders of `calibration/` inside it count.
Result<std::vector<CatalogFile>> find_catalog_sources(const std::string& folder);

/// The embedded facts with the user's folders laid over them, later ones last. Faults of the overlays are diagnostics,
/// their files named with the folder; a folder that cannot be read is an error.
Result<LoadedCatalog> load_catalog(const std::vector<std::string>& overlay_folders);

/// The same with a folder in place of the embedded facts.
Result<LoadedCatalog> load_catalog_folder(const std::string& folder, const std::vector<std::string>& overlay_folders);

}  // namespace rigwise
