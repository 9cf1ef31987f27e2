#include "codec/answer_json.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/grade/answer_text.h"
#include "core/grade/code_blocks.h"
#include "core/grade/utf8.h"

namespace rigwise {
namespace {

constexpr std::array<std::string_view, 14> kKnown = {"type",    "properties", "required", "additionalProperties",
                                                     "items",   "enum",       "const",    "minimum",
                                                     "maximum", "minItems",   "maxItems", "minLength",
                                                     "pattern", "description"};

bool is_a(const Json& value, std::string_view kind) {
  if (kind == "object") return value.is_object();
  if (kind == "array") return value.is_array();
  if (kind == "string") return value.is_string();
  if (kind == "boolean") return value.is_boolean();
  if (kind == "null") return value.is_null();
  if (kind == "number") return value.is_number();
  if (kind == "integer") return value.is_number() && std::floor(value.get<double>()) == value.get<double>();
  return false;
}

std::vector<std::string> kinds_of(const Json& type) {
  std::vector<std::string> kinds;
  if (type.is_string()) kinds.push_back(type.get<std::string>());
  if (!type.is_array()) return kinds;
  for (const Json& kind : type) {
    if (kind.is_string()) kinds.push_back(kind.get<std::string>());
  }
  return kinds;
}

std::optional<double> bound(const Json& schema, std::string_view key) {
  const auto at = schema.find(key);
  if (at == schema.end() || !at->is_number()) return std::nullopt;
  return at->get<double>();
}

bool outside(double value, std::optional<double> least, std::optional<double> most) {
  return (least && value < *least) || (most && value > *most);
}

double length_of(const std::string& text) {
  double count = 0;
  for (std::size_t at = 0; at < text.size(); at = utf8_at(text, at).next) count += 1;
  return count;
}

/// One walk over value and schema, gathering faults.
class SchemaWalk {
 public:
  explicit SchemaWalk(const PatternMatcher& matches) : matches_(matches) {}
  std::vector<std::string> faults;

  void visit(const Json& value, const Json& schema, const std::string& at) {
    if (!schema.is_object()) return;
    if (const auto type = schema.find("type"); type != schema.end()) {
      const std::vector<std::string> kinds = kinds_of(*type);
      if (std::none_of(kinds.begin(), kinds.end(), [&](const std::string& kind) { return is_a(value, kind); })) {
        std::string words = "not ";
        for (std::size_t i = 0; i < kinds.size(); ++i) words.append(i > 0 ? " or " : "").append(kinds[i]);
        return fault(at, words);
      }
    }
    constants(value, schema, at);
    if (value.is_number() && outside(value.get<double>(), bound(schema, "minimum"), bound(schema, "maximum"))) {
      fault(at, "out of range");
    }
    if (value.is_string() && outside(length_of(value.get<std::string>()), bound(schema, "minLength"), std::nullopt)) {
      fault(at, "too short");
    }
    const auto pattern = schema.find("pattern");
    if (value.is_string() && matches_ && pattern != schema.end() && pattern->is_string() &&
        !matches_(pattern->get<std::string>(), value.get<std::string>())) {
      fault(at, "does not match " + pattern->get<std::string>());
    }
    if (value.is_array()) list(value, schema, at);
    if (value.is_object()) object(value, schema, at);
  }

 private:
  void fault(const std::string& at, std::string_view words) {
    std::string text = at.empty() ? "/" : at;
    faults.push_back(text.append(": ").append(words));
  }
  void constants(const Json& value, const Json& schema, const std::string& at) {
    const auto choices = schema.find("enum");
    if (choices != schema.end() && choices->is_array() &&
        std::find(choices->begin(), choices->end(), value) == choices->end()) {
      fault(at, "not one of " + choices->dump());
    }
    const auto constant = schema.find("const");
    if (constant != schema.end() && *constant != value) fault(at, "not " + constant->dump());
  }
  void list(const Json& value, const Json& schema, const std::string& at) {
    if (outside(static_cast<double>(value.size()), bound(schema, "minItems"), bound(schema, "maxItems"))) {
      fault(at, std::to_string(value.size()) + " items");
    }
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i) visit(value[i], *items, at + "/" + std::to_string(i));
  }
  void object(const Json& value, const Json& schema, const std::string& at) {
    if (const auto required = schema.find("required"); required != schema.end() && required->is_array()) {
      for (const Json& key : *required) {
        if (key.is_string() && !value.contains(key.get<std::string>()))
          fault(at + "/" + key.get<std::string>(), "missing");
      }
    }
    const auto properties = schema.find("properties");
    const bool has_properties = properties != schema.end() && properties->is_object();
    const auto more = schema.find("additionalProperties");
    const bool closed = more != schema.end() && more->is_boolean() && !more->get<bool>();
    for (const auto& [key, part] : value.items()) {
      const bool known = has_properties && properties->contains(key);
      if (closed && !known) fault(at + "/" + key, "not known");
      if (known) visit(part, (*properties)[key], at + "/" + key);
    }
  }

  const PatternMatcher& matches_;
};

std::optional<std::size_t> index_of(std::string_view part) {
  constexpr std::size_t kDigits = 6;
  if (part.empty() || part.size() > kDigits || part.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t index = 0;
  for (const char c : part) index = index * 10 + static_cast<std::size_t>(c - '0');
  return index;
}

const Json* at_pointer(const Json& value, std::string_view pointer) {
  const Json* at = &value;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string part(pointer.substr(0, end));
    pointer.remove_prefix(end);
    const std::optional<std::size_t> index = index_of(part);
    if (at->is_object() && at->contains(part)) {
      at = &(*at)[part];
    } else if (at->is_array() && index && *index < at->size()) {
      at = &(*at)[*index];
    } else {
      return nullptr;
    }
  }
  return at;
}

std::optional<Json> object_or_list(std::string_view text) {
  Result<Json> json = parse_json(text);
  if (!json || !(json->is_object() || json->is_array())) return std::nullopt;
  return std::move(*json);
}

}  // namespace

std::optional<Json> find_answer_json(std::string_view answer) {
  std::vector<CodeBlock> blocks = code_blocks(answer);
  std::reverse(blocks.begin(), blocks.end());
  for (const CodeBlock& block : blocks) {
    if (auto json = object_or_list(block.body)) return json;
  }
  if (auto json = object_or_list(answer)) return json;
  for (const std::string_view brackets : {"{}", "[]"}) {
    const std::size_t begin = answer.find(brackets[0]), end = answer.rfind(brackets[1]);
    if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin) continue;
    if (auto json = object_or_list(answer.substr(begin, end - begin + 1))) return json;
  }
  return std::nullopt;
}

std::vector<std::string> schema_faults(const Json& value, const Json& schema, const PatternMatcher& matches) {
  SchemaWalk walk(matches);
  walk.visit(value, schema, {});
  return std::move(walk.faults);
}

std::vector<std::string> unknown_schema_keys(const Json& schema) {
  std::vector<std::string> unknown;
  if (!schema.is_object()) return unknown;
  const auto add = [&unknown](const std::vector<std::string>& more) {
    unknown.insert(unknown.end(), more.begin(), more.end());
  };
  for (const auto& [key, value] : schema.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), key) == kKnown.end()) unknown.push_back(key);
    if (key == "items") add(unknown_schema_keys(value));
    if (key != "properties" || !value.is_object()) continue;
    for (const auto& [name, part] : value.items()) add(unknown_schema_keys(part));
  }
  return unknown;
}

bool same_json(const Json& got, const Json& wanted, double tolerance) {
  if (wanted.is_number()) {
    return got.is_number() && std::abs(got.get<double>() - wanted.get<double>()) <= tolerance + 1e-9;
  }
  if (wanted.is_string()) {
    return got.is_string() && normalised(got.get<std::string>()) == normalised(wanted.get<std::string>());
  }
  if (wanted.is_array()) {
    if (!got.is_array() || got.size() != wanted.size()) return false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!same_json(got[i], wanted[i], tolerance)) return false;
    }
    return true;
  }
  return got == wanted;
}

CheckResult grade_json(const JsonCheck& check, std::string_view answer, const PatternMatcher& matches) {
  const std::optional<Json> json = find_answer_json(answer);
  if (!json) return {0, "no JSON"};
  constexpr std::size_t kShown = 3;
  std::vector<std::string> notes = schema_faults(*json, check.schema, matches);
  double good = notes.empty() ? 1 : 0;
  if (notes.size() > kShown) notes.resize(kShown);
  for (const auto& [pointer, accepted] : check.values) {
    const Json* got = at_pointer(*json, pointer);
    const bool is_it = got != nullptr && std::any_of(accepted.begin(), accepted.end(), [&](const Json& wanted) {
                         return same_json(*got, wanted, check.tolerance);
                       });
    if (is_it) {
      good += 1;
    } else {
      std::string note = pointer;
      notes.push_back(note.append(" is ").append(got == nullptr ? "missing" : got->dump().substr(0, 80)));
    }
  }
  CheckResult result{good / (1 + static_cast<double>(check.values.size())), ""};
  for (const std::string& note : notes) {
    if (!result.note.empty()) result.note += "; ";
    result.note += note;
  }
  return result;
}

}  // namespace rigwise
