#pragma once

#include <optional>
#include <string>

#include "codec/toml_needs.h"

namespace rigwise {

/// Needs as they were given, and where they came from, so that faults point there.
struct GivenNeeds {
  Json object = Json::object();
  std::optional<NeedsFile> file;  ///< of a TOML file

  /// The fault of a verb with "needs.budget.max" as "needs.toml:12 / budget.max".
  Error located(Error error) const;
};

/// A needs file, TOML or (by its name) JSON. "-" is standard input. Errors  with file, line and place.
Result<GivenNeeds> read_needs_file(const std::string& path);

}  // namespace rigwise
