#include "core/facts/roles.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

const Role* find_role(const Catalog& catalog, std::string_view name) {
  std::string folded = fold_name(name);
  for (int plural = 0; plural < 2; ++plural) {
    for (const Role& role : catalog.roles) {
      if (fold_name(role.id) == folded || fold_name(role.name) == folded) return &role;
      const auto is_this = [&](const std::string& alias) { return fold_name(alias) == folded; };
      if (std::any_of(role.aliases.begin(), role.aliases.end(), is_this)) return &role;
    }
    if (folded.size() < 4 || folded.back() != 's') break;
    folded.pop_back();
  }
  return nullptr;
}

Error unknown_role(const Catalog& catalog, const std::string& name, const std::string& where) {
  std::vector<std::string> ids;
  ids.reserve(catalog.roles.size());
  for (const Role& role : catalog.roles) ids.push_back(role.id);
  return {ErrorCode::not_found, "no role is called \"" + name + "\"", where, "one of: " + join(ids, ", "),
          nearest_names(name, ids)};
}

}  // namespace rigwise
