// The schemas of docs/schema/ and what a JSON value breaks in them.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "codec/json_text.h"

namespace rigwise {

inline const std::filesystem::path kSchemaFolder = std::filesystem::path(RIGWISE_SOURCE_DIR) / "docs/schema";

inline std::vector<std::string> schema_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kSchemaFolder))
    if (entry.path().extension() == ".json") names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// A schema as a document. References between the files are by file name.
inline const nlohmann::json* schema_document(const std::string& name) {
  static std::map<std::string, nlohmann::json> documents;
  const auto [at, is_new] = documents.try_emplace(name);
  if (is_new) {
    std::ifstream file(kSchemaFolder / name);
    at->second = nlohmann::json::parse(file, nullptr, false);
  }
  return at->second.is_object() ? &at->second : nullptr;
}

inline const valijson::Schema& parsed_schema(const std::string& name) {
  static std::map<std::string, valijson::Schema> schemas;
  const auto [at, is_new] = schemas.try_emplace(name);
  if (is_new) {
    const auto fetch = [](const std::string& uri) { return schema_document(uri.substr(uri.rfind('/') + 1)); };
    const auto keep = [](const nlohmann::json*) {};
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(*schema_document(name)), at->second, fetch, keep);
  }
  return at->second;
}

/// What of `value` breaks the schema docs/schema/<name>; empty when it holds.
inline std::vector<std::string> schema_faults(const std::string& name, const Json& value) {
  const nlohmann::json document = nlohmann::json::parse(value.dump());
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(parsed_schema(name), valijson::adapters::NlohmannJsonAdapter(document), &results)) return {};
  std::vector<std::string> faults;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    std::string path;
    for (const std::string& step : error.context) path += step;
    faults.push_back(path + ": " + error.description);
  }
  return faults;
}

}  // namespace rigwise
