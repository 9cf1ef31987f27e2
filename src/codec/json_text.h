#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace rigwise {

/// JSON with the keys in the order we write them: responses read well and are the same bytes everywhere.
using Json = nlohmann::ordered_json;

/// Text -> JSON. Errors say line and column. Nesting deeper than 64 levels and an object that has a key
/// twice are refused.
Result<Json> parse_json(std::string_view text);

/// Reads one JSON object key by key, remembering the first fault and which keys were asked for.
/// A reader is used once: ask for every key the object may have, then call done().
class ObjectReader {
 public:
  /// `path` words the `where` of errors: "needs.budget". A non-object is a fault at once.
  ObjectReader(const Json& object, std::string path);

  std::optional<std::string> text(std::string_view key);
  std::optional<double> number(std::string_view key, double least, double most);
  std::optional<int> integer(std::string_view key, int least, int most);
  std::optional<bool> boolean(std::string_view key);
  /// A list of texts; a single text counts as a list of one.
  std::optional<std::vector<std::string>> texts(std::string_view key);
  /// The raw value, or null when absent.
  const Json* raw(std::string_view key);

  /// A text that must be given.
  std::string required_text(std::string_view key, std::string_view example);

  /// Adds a fault found by the caller, if none is known yet.
  void refuse(Error error);

  /// The first fault, or one for a key nobody asked for (with the nearest known key), or nothing.
  std::optional<Error> done();

  std::string path_of(std::string_view key) const;

 private:
  const Json* find(std::string_view key);
  void wrong_type(std::string_view key, std::string_view wanted, const Json& got);

  const Json* object_ = nullptr;
  std::string path_;
  std::vector<std::string> asked_;
  std::optional<Error> fault_;
};

}  // namespace rigwise
