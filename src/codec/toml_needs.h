#pragma once

#include <map>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/advise/needs.h"

namespace rigwise {

/// A needs file as the JSON object it stands for, with the line of every key ("budget.max" -> 12,
/// "targets[1].streams" -> 31), so that a fault found later can still be shown in the file.
struct NeedsFile {
  std::string name;
  Json object;
  std::map<std::string, int> line_of;

  /// "needs.toml:12 / budget.max" for the key path of an error ("needs.budget.max"); the path itself if unknown.
  std::string locate(std::string_view path) const;
};

/// TOML text -> JSON. Errors carry "file:line" and what is wrong with the syntax. Dates may be TOML dates or text.
Result<NeedsFile> parse_needs_toml(std::string_view text, std::string file_name);

/// The whole way: TOML text -> Needs; errors point into the file.
Result<Needs> decode_needs_toml(std::string_view text, std::string file_name);

}  // namespace rigwise
