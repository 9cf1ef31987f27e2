#pragma once

#include <string_view>
#include <vector>

#include "codec/diagnostic.h"
#include "core/facts/catalog.h"

namespace rigwise {

// seeds/: how the tables of the seed documents are regenerated. Trailing empty cells of a row may be left out, and a
// row that begins with '#' is a remark. A file of an overlay replaces the one of the same name.

/// seeds/sections.csv
void decode_seed_sections(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);
/// seeds/rules-*.csv
void decode_seed_rules(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);
/// seeds/names-*.csv
void decode_seed_names(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);
/// seeds/figures-*.csv: cells that stand in running text. The section's document is that of seeds/sections.csv.
void decode_seed_figures(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);
/// seeds/conflicts.csv
void decode_seed_conflicts(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);
/// plans/*.json, kept as text until somebody asks.
void decode_plan_text(std::string_view path, std::string_view text, Catalog& c, std::vector<Diagnostic>& faults);

}  // namespace rigwise
