#pragma once

#include <span>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "host/serve/embedded_files.h"

namespace rigwise {

/// The API as OpenAPI 3.1: one path a verb, requests and responses as docs/schema states them. References between the
/// schema files become references within the document.
Json openapi_document(std::span<const EmbeddedFile> schemas, std::string_view version);

}  // namespace rigwise
