#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "verbs/seeds/records.h"

namespace rigwise {

/// "name=spec" of a rule's inputs.
struct SeedInputText {
  std::string name, spec;
};

/// "a=SPEC; b=SPEC" -> its parts. A ';' that no "name=" follows belongs to the spec before it.
Result<std::vector<SeedInputText>> read_inputs(std::string_view text);

/// What specs of records, sizes and costs stand for, each looked up once. Not for `cell:` and `printed:`, which depend
/// on the table (table.h).
class SeedBindings {
 public:
  explicit SeedBindings(const House& house) : house_(house) {}

  /// `spec` as "KIND:REST". Errors name what is unknown and the nearest names.
  const Result<SeedValue>& value(std::string_view spec, std::string_view document);
  /// speed_beside() of sizes.h, remembered.
  const Result<Json>& speed(std::string_view spec, double low, double high);

  const House& house() const { return house_; }

 private:
  Result<SeedValue> look_up(std::string_view spec, std::string_view document) const;

  const House& house_;
  std::map<std::string, Result<SeedValue>, std::less<>> values_;
  std::map<std::string, Result<Json>, std::less<>> speeds_;
};

/// All kinds of spec, for messages.
const std::vector<std::string>& seed_spec_kinds();

}  // namespace rigwise
