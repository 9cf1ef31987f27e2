#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "verbs/verbs.h"

namespace rigwise {

/// For messages: the words of a rule or a table.
std::string in_quotes(std::string_view text);

/// What a binding of a rule stands for.
enum class SeedValueKind {
  record,    ///< a figure or a word that a catalog record states
  computed,  ///< what the verbs make of records
  cell,      ///< our value of another cell
  premise,   ///< the seed's own figure, as printed
  opinion,   ///< a record of words
};
const char* seed_value_kind_name(SeedValueKind kind);

/// A number or a text, and who says so.
struct SeedValue {
  std::optional<double> number;
  std::string text;
  SeedValueKind kind = SeedValueKind::record;
  std::string source;
};

/// The kinds of spec that name a catalog record: device model format engine link host accessory class role price saas
/// api rate electricity score count meas dossier.
bool is_record_spec(std::string_view kind);

/// What a record states. `rest` is the spec after its kind: "rtx-4090.bandwidth_gbps", "framework-x.CAD.high".
/// Prices, seats and scores prefer what `document` says.
/// Errors: names nobody has (with the nearest), fields the record lacks, several records that differ.
Result<SeedValue> record_value(const Catalog& catalog, std::string_view kind, std::string_view rest,
                               std::string_view document);

}  // namespace rigwise
