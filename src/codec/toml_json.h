#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "codec/json_text.h"

namespace rigwise {

/// A TOML file as the JSON object it stands for, with the line of every key ("budget.max" -> 12,
/// "targets[1].streams" -> 31), so that a fault found later can still be shown in the file.
struct TomlJson {
  std::string name;
  Json object;
  std::map<std::string, int> line_of;
  std::set<std::string> dates;  ///< keys that were TOML dates; in the object they are texts such as "2026-04-15"

  /// The line of a key path, or of the nearest table around one that is missing; 0: unknown.
  int line_at(std::string_view path) const;
};

inline int TomlJson::line_at(std::string_view path) const {
  // A key that is missing has no line: the nearest table around it has.
  for (std::string at(path);; at.resize(at.find_last_of(".["))) {
    if (const auto found = line_of.find(at); found != line_of.end() && found->second > 0) return found->second;
    if (at.find_last_of(".[") == std::string::npos) return 0;
  }
}

/// TOML text -> JSON. Errors carry "file:line" and what is wrong with the syntax. A number that is not finite becomes
/// the text "nan", so that whoever wants a number refuses it.
Result<TomlJson> parse_toml_json(std::string_view text, std::string file_name, std::string try_this);

}  // namespace rigwise
