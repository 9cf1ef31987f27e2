#pragma once

#include <string_view>
#include <vector>

#include "verbs/verbs.h"

namespace rigwise {

/// One kind of catalog record and how it reads as JSON (unit in the key; unknown values are null or absent).
struct RecordKind {
  std::string_view name;  ///< "devices", "models", ...
  std::size_t (*count)(const Catalog& catalog);
  Json (*record)(const Catalog& catalog, std::size_t index);
};

const std::vector<RecordKind>& record_kinds();

Json device_json(const Device& device);
Json llm_json(const Llm& model);
Json format_json(const Format& format);
Json engine_json(const Engine& engine);
Json quote_json(const Quote& quote);

}  // namespace rigwise
