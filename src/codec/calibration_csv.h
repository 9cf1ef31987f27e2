#pragma once

#include <vector>

#include "codec/catalog_text.h"
#include "core/perf/validate.h"

namespace rigwise {

/// calibration/constants.csv and devices.csv (key,value,groups,from), bands.csv (key,log_low,log_high,groups) and
/// info.csv (key,value: formula_version, catalog_hash, groups).
std::vector<CatalogFile> encode_calibration(const Calibration& calibration);

/// calibration/rows.csv (id,group,weight,gate): the measurements behind the constants, for people. Nothing reads it.
CatalogFile encode_used_rows(const std::vector<UsedRow>& rows);

/// The reverse. Files that are absent leave the priors in place; a broken one is an error with file and line. Constants
/// fitted for another version of the formulas mean nothing to these: the priors stay, and catalog_hash stays empty.
Result<Calibration> decode_calibration(const std::vector<CatalogFile>& files);

}  // namespace rigwise
