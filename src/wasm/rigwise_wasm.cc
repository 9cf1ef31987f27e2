#include "wasm/rigwise_wasm.h"

#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "codec/catalog_text.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

/// The catalog of this module; every call of the page reads it.
std::optional<House>& loaded_house() {
  static std::optional<House> house;
  return house;
}

char* text_response(std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  char* block = static_cast<char*>(std::malloc(sizeof size + text.size()));
  if (block == nullptr) return nullptr;
  for (unsigned i = 0; i < sizeof size; ++i) block[i] = static_cast<char>((size >> (8 * i)) & 0xff);
  std::memcpy(block + sizeof size, text.data(), text.size());
  return block;
}

char* json_response(const Json& json) {
  return text_response(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Json record_counts(const Catalog& catalog) {
  return {{"devices", catalog.devices.size()}, {"models", catalog.models.size()},
          {"formats", catalog.formats.size()}, {"engines", catalog.engines.size()},
          {"links", catalog.links.size()},     {"measurements", catalog.measurements.size()}};
}

Json no_catalog() {
  return error_json({ErrorCode::invalid_input, "no catalog is loaded", {}, "call rigwise_load() with the bundle", {}});
}

}  // namespace
}  // namespace rigwise

using namespace rigwise;

#define RIGWISE_EXPORT(name) __attribute__((export_name(#name), used)) name

extern "C" {

char* RIGWISE_EXPORT(rigwise_alloc)(std::uint32_t size) { return static_cast<char*>(std::malloc(size)); }

void RIGWISE_EXPORT(rigwise_free)(char* address) { std::free(address); }

char* RIGWISE_EXPORT(rigwise_load)(const char* bundle, std::uint32_t bundle_size) {
  Result<LoadedCatalog> loaded = read_bundle({bundle, bundle_size});
  if (!loaded) return json_response(error_json(loaded.error()));
  std::optional<House>& house = loaded_house();
  house.emplace(House{std::move(loaded->catalog), std::move(loaded->calibration)});
  return json_response(Json{{"schema", "rigwise.load/1"}, {"records", record_counts(house->catalog)}});
}

char* RIGWISE_EXPORT(rigwise_call)(const char* verb, std::uint32_t verb_size, const char* request,
                                   std::uint32_t request_size) {
  const std::optional<House>& house = loaded_house();
  if (!house) return json_response(no_catalog());
  return text_response(call_verb(*house, {verb, verb_size}, {request, request_size}));
}

char* RIGWISE_EXPORT(rigwise_version)() { return json_response(Json{{"version", RIGWISE_VERSION}}); }
}
