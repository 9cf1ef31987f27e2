#include "codec/json_schema.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 14> kKeywords = {"type",    "properties", "required", "additionalProperties",
                                                        "items",   "enum",       "const",    "minimum",
                                                        "maximum", "minItems",   "maxItems", "minLength",
                                                        "pattern", "description"};
constexpr std::array<std::string_view, 7> kTypes = {"object",  "array",   "string", "number",
                                                    "integer", "boolean", "null"};

bool is_a(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (!value.is_number()) return false;
  return type == "number" || std::floor(value.get<double>()) == value.get<double>();
}

std::vector<std::string> types_of(const Json& schema) {
  std::vector<std::string> types;
  const auto found = schema.find("type");
  if (found == schema.end()) return types;
  if (found->is_string()) types.push_back(found->get<std::string>());
  if (found->is_array()) {
    for (const Json& type : *found) types.push_back(type.get<std::string>());
  }
  return types;
}

std::size_t characters_in(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at = utf8_at(text, at).next) ++count;
  return count;
}

std::string escaped_key(std::string_view key) {
  std::string text;
  for (const char c : key) {
    if (c == '~')
      text += "~0";
    else if (c == '/')
      text += "~1";
    else
      text += c;
  }
  return text;
}

std::string unescaped_key(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool is_escape = part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
    text += is_escape ? (part[i + 1] == '0' ? '~' : '/') : part[i];
    i += is_escape ? 1 : 0;
  }
  return text;
}

class Checker {
 public:
  Checker(const PatternFinder& finds, std::vector<std::string>& faults) : finds_(&finds), faults_(&faults) {}

  void check(const Json& value, const Json& schema, const std::string& at) {
    if (!schema.is_object()) return;
    const std::vector<std::string> types = types_of(schema);
    if (!types.empty() &&
        std::none_of(types.begin(), types.end(), [&](const std::string& type) { return is_a(value, type); })) {
      add(at.empty() ? "/" : at, "not " + join(types, " or "));
      return;
    }
    check_values(value, schema, at);
    if (value.is_array()) check_array(value, schema, at);
    if (value.is_object()) check_object(value, schema, at);
  }

 private:
  void check_values(const Json& value, const Json& schema, const std::string& at) {
    if (const auto list = schema.find("enum"); list != schema.end()) {
      if (std::none_of(list->begin(), list->end(), [&](const Json& item) { return same_json(item, value); })) {
        add(at, "not one of " + list->dump(-1, ' ', false, Json::error_handler_t::replace));
      }
    }
    if (const auto only = schema.find("const"); only != schema.end() && !same_json(*only, value)) {
      add(at, "not " + only->dump(-1, ' ', false, Json::error_handler_t::replace));
    }
    if (value.is_number()) {
      const double number = value.get<double>();
      if (number < schema.value("minimum", number) || number > schema.value("maximum", number)) add(at, "out of range");
    }
    if (value.is_string()) {
      const auto& text = value.get_ref<const std::string&>();
      const auto pattern = schema.find("pattern");
      const bool matches = pattern == schema.end() || !*finds_ || (*finds_)(pattern->get<std::string>(), text);
      if (!matches || characters_in(text) < schema.value("minLength", std::size_t{0})) add(at, "does not match");
    }
  }

  void check_array(const Json& value, const Json& schema, const std::string& at) {
    if (value.size() < schema.value("minItems", std::size_t{0}) ||
        value.size() > schema.value("maxItems", value.size())) {
      add(at, std::to_string(value.size()) + " items");
    }
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i) check(value[i], *items, at + "/" + std::to_string(i));
  }

  void check_object(const Json& value, const Json& schema, const std::string& at) {
    static const Json kNone = Json::object();
    const auto found = schema.find("properties");
    const Json& properties = found == schema.end() ? kNone : *found;
    if (const auto required = schema.find("required"); required != schema.end()) {
      for (const Json& key : *required) {
        if (!value.contains(key.get<std::string>())) add(at + "/" + key.get<std::string>(), "missing");
      }
    }
    const auto more = schema.find("additionalProperties");
    const bool is_closed = more != schema.end() && more->is_boolean() && !more->get<bool>();
    for (const auto& item : value.items()) {
      const std::string inner = at + "/" + escaped_key(item.key());
      if (const auto sub = properties.find(item.key()); sub != properties.end()) {
        check(item.value(), *sub, inner);
      } else if (is_closed) {
        add(inner, "not known");
      }
    }
  }

  void add(const std::string& at, const std::string& words) { faults_->push_back(at + ": " + words); }

  const PatternFinder* finds_;
  std::vector<std::string>* faults_;
};

bool is_count(const Json& value) {
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
}

bool is_text_list(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); });
}

bool is_type_word(const Json& value) {
  return value.is_string() &&
         std::find(kTypes.begin(), kTypes.end(), value.get_ref<const std::string&>()) != kTypes.end();
}

/// Whether a keyword's value is of the kind that it must be.
bool has_right_kind(const std::string& keyword, const Json& value) {
  if (keyword == "type") {
    return is_type_word(value) || (value.is_array() && std::all_of(value.begin(), value.end(), is_type_word));
  }
  if (keyword == "properties" || keyword == "items") return value.is_object();
  if (keyword == "required") return is_text_list(value);
  if (keyword == "additionalProperties") return value.is_boolean();
  if (keyword == "enum") return value.is_array();
  if (keyword == "minimum" || keyword == "maximum") return value.is_number();
  if (keyword == "minItems" || keyword == "maxItems" || keyword == "minLength") return is_count(value);
  if (keyword == "pattern" || keyword == "description") return value.is_string();
  return true;
}

}  // namespace

std::vector<std::string> schema_faults(const Json& value, const Json& schema, const PatternFinder& finds) {
  std::vector<std::string> faults;
  Checker(finds, faults).check(value, schema, "");
  return faults;
}

std::string unusable_schema(const Json& schema) {
  if (!schema.is_object()) return "a schema is an object";
  for (const auto& item : schema.items()) {
    if (std::find(kKeywords.begin(), kKeywords.end(), item.key()) == kKeywords.end()) {
      return "the schema's keyword \"" + item.key() + "\" is not used here";
    }
    if (!has_right_kind(item.key(), item.value()))
      return "the schema's \"" + item.key() + "\" has a value of the wrong kind";
    if (item.key() == "items") {
      if (std::string inner = unusable_schema(item.value()); !inner.empty()) return inner;
    }
    if (item.key() != "properties") continue;
    for (const Json& property : item.value()) {
      if (std::string inner = unusable_schema(property); !inner.empty()) return inner;
    }
  }
  return "";
}

std::vector<std::string> schema_patterns(const Json& schema) {
  std::vector<std::string> patterns;
  if (!schema.is_object()) return patterns;
  const auto take = [&](const Json& inner) {
    const std::vector<std::string> more = schema_patterns(inner);
    patterns.insert(patterns.end(), more.begin(), more.end());
  };
  if (const auto own = schema.find("pattern"); own != schema.end()) patterns.push_back(own->get<std::string>());
  if (const auto items = schema.find("items"); items != schema.end()) take(*items);
  if (const auto properties = schema.find("properties"); properties != schema.end()) {
    for (const Json& property : *properties) take(property);
  }
  return patterns;
}

const Json* at_pointer(const Json& value, std::string_view pointer) {
  const Json* here = &value;
  const std::vector<std::string_view> parts = split(pointer, '/');
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string key = unescaped_key(parts[i]);
    if (here->is_array()) {
      constexpr std::size_t kLongestIndex = 6;
      const bool is_index = !key.empty() && key.size() <= kLongestIndex &&
                            std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
      const std::size_t index = is_index ? static_cast<std::size_t>(parse_number(key).value_or(0)) : here->size();
      if (index >= here->size()) return nullptr;
      here = &(*here)[index];
      continue;
    }
    if (!here->is_object()) return nullptr;
    const auto found = here->find(key);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here;
}

bool same_json(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array()) return std::equal(a.begin(), a.end(), b.begin(), same_json);
  if (!a.is_object()) return a == b;
  for (const auto& item : a.items()) {
    const auto other = b.find(item.key());
    if (other == b.end() || !same_json(item.value(), *other)) return false;
  }
  return true;
}

}  // namespace rigwise
