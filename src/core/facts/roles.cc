#include "core/facts/roles.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {

namespace {

/// "Admin" of "Admin staff".
std::string first_word(const Role& role) { return fold_name(role.name.substr(0, role.name.find(' '))); }

}  // namespace

const Role* find_role(const Catalog& catalog, std::string_view name) {
  const auto only = [&](auto is_meant) -> const Role* {
    const auto found = std::find_if(catalog.roles.begin(), catalog.roles.end(), is_meant);
    const bool is_one =
        found != catalog.roles.end() && std::find_if(found + 1, catalog.roles.end(), is_meant) == catalog.roles.end();
    return is_one ? &*found : nullptr;
  };
  std::string folded = fold_name(name);
  for (int plural = 0; plural < 2; ++plural) {
    const Role* role = only([&](const Role& r) { return fold_name(r.id) == folded || fold_name(r.name) == folded; });
    if (role == nullptr) role = only([&](const Role& r) { return first_word(r) == folded; });
    if (role != nullptr) return role;
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
