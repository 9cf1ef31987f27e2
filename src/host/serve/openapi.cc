#include "host/serve/openapi.h"

#include "host/serve/eval_api.h"
#include "host/serve/runs_api.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

constexpr std::string_view kComponents = "#/components/schemas/";

/// "predict.request.json" -> "predict.request".
std::string component_of(std::string_view file) {
  return std::string(file.ends_with(".json") ? file.substr(0, file.size() - 5) : file);
}

/// "common.json#/definitions/memory", in any file, or "#/definitions/row" in `file`.
std::string moved_reference(std::string_view reference, std::string_view file) {
  const std::size_t hash = std::min(reference.find('#'), reference.size());
  const std::string_view in = hash == 0 ? file : reference.substr(0, hash);
  const std::string_view at = hash == reference.size() ? std::string_view() : reference.substr(hash + 1);
  return std::string(kComponents) + component_of(in) + std::string(at);
}

void move_references(Json& schema, std::string_view file) {
  if (schema.is_object() && schema.contains("$ref") && schema["$ref"].is_string()) {
    schema["$ref"] = moved_reference(schema["$ref"].get<std::string>(), file);
  }
  if (!schema.is_structured()) return;
  for (Json& inner : schema) move_references(inner, file);
}

Json components(std::span<const EmbeddedFile> schemas) {
  Json found = Json::object();
  for (const EmbeddedFile& file : schemas) {
    Json schema = Json::parse(file.bytes, nullptr, false);
    if (!schema.is_object()) continue;
    schema.erase("$schema");
    schema.erase("$id");  // it would change what references are relative to
    move_references(schema, file.path);
    found[component_of(file.path)] = std::move(schema);
  }
  return found;
}

Json content(std::string_view media_type, const std::string& component) {
  return {{"content", {{std::string(media_type), {{"schema", {{"$ref", std::string(kComponents) + component}}}}}}}};
}

Json described(std::string_view description, Json with = Json::object()) {
  with["description"] = description;
  return with;
}

Json verb_path(const VerbEntry& verb) {
  const std::string name(verb.name);
  Json request = content("application/json", name + ".request");
  request["required"] = true;
  Json post = {{"operationId", name}, {"summary", verb.question}, {"requestBody", std::move(request)}};
  post["responses"] = {{"200", described("the answer", content("application/json", name + ".response"))},
                       {"default", described("a refusal", content("application/problem+json", "problem"))}};
  return {{"post", std::move(post)}};
}

Json get_path(std::string_view id, std::string_view summary, std::string_view media_type) {
  Json answer = described(summary);
  answer["content"] = {{std::string(media_type), Json::object()}};
  return {{"get", {{"operationId", id}, {"summary", summary}, {"responses", {{"200", std::move(answer)}}}}}};
}

}  // namespace

Json openapi_document(std::span<const EmbeddedFile> schemas, std::string_view version) {
  Json paths = Json::object();
  for (const VerbEntry& verb : verb_list()) paths["/api/v1/" + std::string(verb.name)] = verb_path(verb);
  paths.update(EvalApi::paths());
  paths.update(RunsApi::paths());
  paths["/api/v1/events"] = get_path("events", "what happens here, as server-sent events", "text/event-stream");
  paths["/api/v1/openapi.json"] = get_path("openapi", "this document", "application/json");
  paths["/healthz"] = get_path("healthz", "whether the server answers", "application/json");
  paths["/metrics"] = get_path("metrics", "counts and durations in Prometheus text", "text/plain");
  return {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "Rigwise"},
        {"version", version},
        {"summary", "How fast each LLM runs on each machine, what it costs, and which to buy, if any."},
        {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
      {"jsonSchemaDialect", "http://json-schema.org/draft-07/schema#"},
      {"paths", std::move(paths)},
      {"components",
       {{"schemas", components(schemas)}, {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}},
      {"security", Json::array({Json::object(), Json{{"token", Json::array()}}})}};
}

}  // namespace rigwise
