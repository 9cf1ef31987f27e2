#pragma once

#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/llm.h"

namespace rigwise {

/// Typed reading of one object of a config.json. Families name the same thing differently, so every getter takes the
/// names in order; null counts as absent. The first value of a wrong type or size is remembered.
class ConfigKeys {
 public:
  using Object = nlohmann::json;
  using Names = std::initializer_list<const char*>;
  static constexpr double kMost = 1 << 26;

  explicit ConfigKeys(const Object& object) : object_(object) {}

  const Object* find(Names names) const {
    if (!object_.is_object()) return nullptr;
    for (const char* name : names) {
      const auto found = object_.find(name);
      if (found != object_.end() && !found->is_null()) return &*found;
    }
    return nullptr;
  }
  bool has(Names names) const { return find(names) != nullptr; }

  int whole(Names names, int otherwise = 0) {
    const Object* value = find(names);
    if (value == nullptr) return otherwise;
    // Some families give one number per layer; the caller asks for those with whole_at().
    if (value->is_array()) return value->empty() ? otherwise : number(value->front(), *names.begin());
    return number(*value, *names.begin());
  }
  int whole_at(Names names, std::size_t layer, int otherwise = 0) {
    const Object* value = find(names);
    if (value == nullptr || !value->is_array()) return whole(names, otherwise);
    return layer < value->size() ? number((*value)[layer], *names.begin()) : otherwise;
  }
  bool flag(Names names, bool otherwise = false) const {
    const Object* value = find(names);
    return value != nullptr && value->is_boolean() ? value->get<bool>() : otherwise;
  }
  std::string text(Names names) const {
    const Object* value = find(names);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
  }
  std::vector<std::string> texts(Names names) const {
    std::vector<std::string> result;
    const Object* value = find(names);
    if (value == nullptr || !value->is_array()) return result;
    for (const Object& item : *value) result.push_back(item.is_string() ? item.get<std::string>() : std::string());
    return result;
  }
  /// True when a list of numbers contains `n`.
  bool lists(Names names, int n) const {
    const Object* value = find(names);
    if (value == nullptr || !value->is_array()) return false;
    for (const Object& item : *value) {
      if (item.is_number() && item.get<double>() == n) return true;
    }
    return false;
  }

  /// Two widths multiplied; above what a width may be it is a fault under `name`.
  int product(int a, int b, const char* name) { return checked(double(a) * b, name); }

  void refuse(Error error) {
    if (!fault_) fault_ = std::move(error);
  }
  const std::optional<Error>& fault() const { return fault_; }

 private:
  int number(const Object& value, const char* name) {
    return checked(value.is_number() ? value.get<double>() : -1, name);
  }
  int checked(double n, const char* name) {
    if (n >= 0 && n <= kMost && n == std::floor(n)) return static_cast<int>(n);
    refuse({ErrorCode::corrupt_data,
            "config.json has an impossible value for " + std::string(name),
            name,
            "a whole number from 0 to 67108864",
            {}});
    return 0;
  }

  const Object& object_;
  std::optional<Error> fault_;
};

/// The layers of a decoder, one group per kind of layer. Faults are left in `keys`.
std::vector<LayerGroup> config_layers(ConfigKeys& keys, std::string_view model_type, int hidden_size, int layer_count);

}  // namespace rigwise
