#pragma once

#include <string_view>
#include <vector>

#include "core/base/units.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What a service beside the language models takes, and by which model.
struct ServiceMemory {
  const Llm* model = nullptr;
  double bits = 16;
  Bytes bytes;
};

/// Services that the catalog can size: speech, image, embedding, vision.
std::vector<std::string_view> known_services();

/// Memory of a service from the catalog's own record of a usual such model: weights at 16 bits (vision at 4.85, as such
/// models are run beside others) and 1 GiB for buffers. Errors: a service not known, a model the catalog lacks.
Result<ServiceMemory> service_memory(const Catalog& catalog, std::string_view service);

}  // namespace rigwise
