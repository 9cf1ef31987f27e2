#pragma once

#include <string>
#include <string_view>

#include "host/cli/command.h"

namespace rigwise {

/// A flag and the place of its value in a nested object: "constraints.noise".
struct PathFlag {
  const char* flag;
  const char* path;
  ArgType type;
  const char* value_name;
  const char* help;
};

/// What the user typed for it; a bad number is an error that names the flag.
Result<Json> value_of(const Args& args, const PathFlag& flag);

/// The object at "budget" of "budget.max", made when it is not there, and the key in it; what is there but is no object
/// stays as it is, for the verb to refuse.
Json& table_of(Json& object, std::string_view path, std::string& key);

}  // namespace rigwise
