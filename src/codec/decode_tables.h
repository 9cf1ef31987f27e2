#pragma once

#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// True for the path of a file kept verbatim: a CSV table the catalog knows ("prices/api.csv", "measurements/x.csv"), a
/// dossier ("dossiers/x.md"), a plan ("plans/x.json").
bool is_catalog_table(std::string_view path);

/// Appends what the file says to the catalog. Rows with faults are left out.
void decode_table(std::string_view path, std::string_view text, Catalog& catalog, std::vector<Diagnostic>& faults);

}  // namespace rigwise
