#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// The role of this id or name, or first word of a name that no other begins with: "developer", "Developers",
/// "admin" for "Admin staff". Null when there is none.
const Role* find_role(const Catalog& catalog, std::string_view name);

/// "no role is called ...", with all that there are.
Error unknown_role(const Catalog& catalog, const std::string& name, const std::string& where);

}  // namespace rigwise
