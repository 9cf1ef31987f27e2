#pragma once

#include <vector>

#include "codec/catalog_text.h"

namespace rigwise {

/// calibration/constants.csv, calibration/bands.csv and calibration/info.csv (key,value: formula_version,
/// catalog_hash).
std::vector<CatalogFile> encode_calibration(const Calibration& calibration);

/// The reverse. Files that are absent leave the priors in place; a broken one is an error with file and line.
Result<Calibration> decode_calibration(const std::vector<CatalogFile>& files);

}  // namespace rigwise
