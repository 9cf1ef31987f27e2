#include "codec/json_text.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "codec/json_nesting.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// Keeps where and why the parser stopped; building nothing, so a refused text costs no memory.
class FaultFinder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::detail::exception&) override {
    position_ = position;
    last_token_ = last_token;
    return false;
  }
  std::size_t position() const { return position_; }
  const std::string& last_token() const { return last_token_; }

 private:
  std::size_t position_ = 0;
  std::string last_token_;
};

/// Builds the value, and watches the keys as they are read: of two that are the same one would silently win. A callback
/// of Json::parse() could watch too, but looks through the whole list around it at the end of each object.
class WatchfulBuilder : public nlohmann::detail::json_sax_dom_parser<Json> {
 public:
  explicit WatchfulBuilder(Json& into) : json_sax_dom_parser(into, false) {}
  bool start_object(std::size_t size) {
    if (seen_.size() == depth_) seen_.emplace_back();
    seen_[depth_++].clear();
    return json_sax_dom_parser::start_object(size);
  }
  bool key(std::string& name) {
    if (!seen_[depth_ - 1].insert(name).second && twice_.empty()) twice_ = name;
    return json_sax_dom_parser::key(name);
  }
  bool end_object() {
    --depth_;
    return json_sax_dom_parser::end_object();
  }
  const std::string& twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> seen_;  ///< of each object that is open, and room of those that were
  std::size_t depth_ = 0;
  std::string twice_;
};

const char* kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "true or false";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "text";
  if (value.is_array()) return "a list";
  return "an object";
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (nests_too_deep(text, 64)) return invalid("the JSON is nested deeper than 64 levels", "", "flatten it");
  Json parsed;
  WatchfulBuilder builder(parsed);
  const bool is_json = Json::sax_parse(text, &builder);
  if (!builder.twice().empty()) {
    return invalid("the JSON has the key \"" + builder.twice() + "\" twice in one object", builder.twice(),
                   "one of them");
  }
  if (is_json) return parsed;
  FaultFinder finder;
  Json::sax_parse(text, &finder);
  const std::size_t end = std::min(finder.position(), text.size());
  const std::size_t line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::size_t line_start = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
  const std::size_t column = line_start == std::string_view::npos ? end : end - line_start - 1;
  return invalid(
      "not valid JSON" + (finder.last_token().empty() ? "" : " near '" + finder.last_token().substr(0, 40) + "'"),
      "line " + std::to_string(line) + ", column " + std::to_string(column),
      "JSON as in {\"name\": \"text\", \"number\": 1.5}: no comment, no comma after the last");
}

ObjectReader::ObjectReader(const Json& object, std::string path) : object_(&object), path_(std::move(path)) {
  if (!object.is_object()) {
    fault_ = Error{ErrorCode::invalid_input, "expected an object, got " + std::string(kind_of(object)), path_, "", {}};
    object_ = nullptr;
  }
}

std::string ObjectReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const Json* ObjectReader::find(std::string_view key) {
  asked_.emplace_back(key);
  if (object_ == nullptr) return nullptr;
  const auto it = object_->find(std::string(key));
  if (it == object_->end() || it->is_null()) return nullptr;
  return &*it;
}

void ObjectReader::wrong_type(std::string_view key, std::string_view wanted, const Json& got) {
  refuse({ErrorCode::invalid_input,
          "\"" + std::string(key) + "\" must be " + std::string(wanted) + ", got " + kind_of(got),
          path_of(key),
          "",
          {}});
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(key, "text", *value);
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::optional<double> ObjectReader::number(std::string_view key, double least, double most) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    wrong_type(key, "a number", *value);
    return std::nullopt;
  }
  const double number = value->get<double>();
  if (!std::isfinite(number) || number < least || number > most) {
    refuse({ErrorCode::invalid_input,
            "\"" + std::string(key) + "\" is " + shortest(number),
            path_of(key),
            "a number from " + shortest(least) + " to " + shortest(most),
            {}});
    return std::nullopt;
  }
  return number;
}

std::optional<int> ObjectReader::integer(std::string_view key, int least, int most) {
  const std::optional<double> value = number(key, least, most);
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) {
    refuse({ErrorCode::invalid_input,
            "\"" + std::string(key) + "\" is " + shortest(*value),
            path_of(key),
            "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
            {}});
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) {
    wrong_type(key, "true or false", *value);
    return std::nullopt;
  }
  return value->get<bool>();
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::vector<std::string>{value->get<std::string>()};
  std::vector<std::string> items;
  if (!value->is_array()) {
    wrong_type(key, "a list of texts", *value);
    return std::nullopt;
  }
  for (const Json& item : *value) {
    if (!item.is_string()) {
      wrong_type(key, "a list of texts", item);
      return std::nullopt;
    }
    items.push_back(item.get<std::string>());
  }
  return items;
}

const Json* ObjectReader::raw(std::string_view key) { return find(key); }

std::string ObjectReader::required_text(std::string_view key, std::string_view example) {
  std::optional<std::string> value = text(key);
  if (value && !trim(*value).empty()) return *value;
  refuse({ErrorCode::invalid_input,
          "\"" + std::string(key) + "\" is missing",
          path_of(key),
          "for example " + std::string(example),
          {}});
  return {};
}

void ObjectReader::refuse(Error error) {
  if (!fault_) fault_ = std::move(error);
}

std::optional<Error> ObjectReader::done() {
  if (fault_ || object_ == nullptr) return fault_;
  for (const auto& item : object_->items()) {
    if (std::find(asked_.begin(), asked_.end(), item.key()) != asked_.end()) continue;
    return Error{ErrorCode::invalid_input, "unknown key \"" + item.key() + "\"", path_of(item.key()),
                 "one of: " + join(asked_, ", "), nearest_names(item.key(), asked_)};
  }
  return std::nullopt;
}

}  // namespace rigwise
