#include "host/catalog_io/load.h"

#include "codec/calibration_csv.h"

namespace rigwise {
namespace {

/// Diagnostics name files as the user can open them.
void name_folder(std::vector<Diagnostic>& faults, const std::string& folder) {
  for (Diagnostic& fault : faults) fault.file = folder + (folder.ends_with('/') ? "" : "/") + fault.file;
}

Result<LoadedCatalog> lay_over(LoadedCatalog loaded, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    const Result<std::vector<CatalogFile>> files = find_catalog_sources(folder);
    if (!files) return fail(files.error());
    std::vector<Diagnostic> faults = overlay_catalog(loaded.catalog, *files);
    name_folder(faults, folder);
    for (Diagnostic& fault : faults) loaded.diagnostics.push_back(std::move(fault));
    std::vector<CatalogFile> calibration;
    for (const CatalogFile& file : *files)
      if (file.path.starts_with("calibration/")) calibration.push_back(file);
    if (calibration.empty()) continue;
    Result<Calibration> constants = decode_calibration(calibration);
    if (!constants) return fail(constants.error());
    loaded.calibration = std::move(*constants);
  }
  return loaded;
}

}  // namespace

Result<LoadedCatalog> load_catalog(const std::vector<std::string>& overlay_folders) {
  Result<LoadedCatalog> loaded = read_bundle(embedded_bundle());
  if (!loaded) return loaded;
  return lay_over(std::move(*loaded), overlay_folders);
}

Result<LoadedCatalog> load_catalog_folder(const std::string& folder, const std::vector<std::string>& overlay_folders) {
  const Result<std::vector<CatalogFile>> files = find_catalog_sources(folder);
  if (!files) return fail(files.error());
  LoadedCatalog loaded = decode_catalog(*files);
  name_folder(loaded.diagnostics, folder);
  return lay_over(std::move(loaded), overlay_folders);
}

}  // namespace rigwise
