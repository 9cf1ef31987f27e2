#pragma once

#include <string>
#include <string_view>

#include "codec/toml_json.h"
#include "core/advise/needs.h"

namespace rigwise {

/// A needs file as the JSON object it stands for; what its faults say of the place is in the words of the file.
struct NeedsFile : TomlJson {
  /// "needs.toml:12 / budget.max" for the key path of an error ("needs.budget.max"); the path itself if unknown.
  std::string locate(std::string_view path) const;
};

/// TOML text -> JSON. Errors carry "file:line" and what is wrong with the syntax. Dates may be TOML dates or text.
Result<NeedsFile> parse_needs_toml(std::string_view text, std::string file_name);

/// The whole way: TOML text -> Needs; errors point into the file.
Result<Needs> decode_needs_toml(std::string_view text, std::string file_name);

}  // namespace rigwise
